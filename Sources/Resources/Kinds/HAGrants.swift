import Diagnostics
import Hosts
package import PostgreSQL

/// The rights that let an engine's role watch a cluster, and fail it over without superuser.
package struct HAGrants: Resource {
    package var role: String
    /// Whether it cuts standbys off and promotes.
    package var failsOver: Bool
    package var location: ServerLocation

    package init(role: String, failsOver: Bool, location: ServerLocation) {
        self.role = role
        self.failsOver = failsOver
        self.location = location
    }

    /// Before 15 nobody but a superuser sets `primary_conninfo` of a running server.
    ///
    /// - Source: PostgreSQL documentation, "GRANT": `ALTER SYSTEM ON PARAMETER`.
    package static func canBeGranted(_ version: PostgresVersion) -> Bool { version >= .v15 }

    package var isSmall: Bool { true }
    package var name: String { "ha grants" }

    /// What is granted, and the question whether the role has it; `r.oid` is the role.
    private var rights: [(grant: String, question: String)] {
        var rights = [("pg_monitor", "pg_has_role(r.oid, 'pg_monitor', 'USAGE')")]
        if location.version >= .v16 {
            // A server that is full of clients must not look like a lost one.
            rights.append(
                ("pg_use_reserved_connections", "pg_has_role(r.oid, 'pg_use_reserved_connections', 'USAGE')"))
        }
        guard failsOver else { return rights }
        rights.append(("pg_checkpoint", "pg_has_role(r.oid, 'pg_checkpoint', 'USAGE')"))
        for function in ["pg_promote(boolean, integer)", "pg_reload_conf()"] {
            rights.append(
                (
                    "EXECUTE ON FUNCTION pg_catalog.\(function)",
                    "has_function_privilege(r.oid, 'pg_catalog.\(function)', 'EXECUTE')"
                ))
        }
        rights.append(
            (
                "ALTER SYSTEM ON PARAMETER primary_conninfo",
                "has_parameter_privilege(r.oid, 'primary_conninfo', 'ALTER SYSTEM')"
            ))
        return rights
    }

    private var reading: String { "rights of \(role)" }

    /// Prints a grant a line that the role lacks.
    private var fragment: String {
        let questions = rights.map {
            "SELECT \(SQL.literal($0.grant)) FROM pg_roles r WHERE r.rolname = \(SQL.literal(role)) AND NOT \($0.question)"
        }
        return
            "\(ServerShell(location).psql(connectLimit: 5, limit: 10)) -c \(Shell.quote(questions.joined(separator: " UNION ALL ")))"
    }

    package var probe: Probe {
        Probe(commands: [reading: fragment], server: ServerProbe(location: location, roles: [role]))
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return grant(rights.map(\.grant))
        case .present(let server):
            guard let live = server.live else { return .unknown("seen once the server runs") }
            if live.inRecovery { return .unknown("seen once the server is primary") }
            guard live.roles[role] != nil else { return grant(rights.map(\.grant)) }
            switch facts.command(reading) {
            case .unknown(let reason): return .unknown(reason)
            case .absent: return .same
            case .present(let text): return grant(text.split(separator: "\n").map(String.init))
            }
        }
    }

    private func grant(_ rights: [String]) -> Finding {
        let statements = rights.map { "GRANT \($0) TO \(SQL.identifier(role));" }
        return .change(
            Change(
                .update,
                "\(role) may not do \(rights.count) \(rights.count == 1 ? "thing" : "things") that its checks and scripts need",
                script: Script(ServerShell(location).sql(Content(statements.joined(separator: "\n"))))))
    }
}
