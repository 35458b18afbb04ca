import Diagnostics
import Hosts
import PostgreSQL

/// The rights that let a role without superuser be pg_rewind's source connection, from version 11 on.
package struct RewindGrants: Resource {
    package var role: String
    package var location: ServerLocation

    package init(role: String, location: ServerLocation) {
        self.role = role
        self.location = location
    }

    package var isSmall: Bool { true }
    package var name: String { "rewind grants" }

    package var probe: Probe { Probe(server: ServerProbe(location: location, roles: [role])) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        let functions = location.version.rewindFunctions
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return grant(functions)
        case .present(let server):
            guard let live = server.live else { return .unknown("seen once the server runs") }
            return grant(functions.filter { !live.rewindGrants.contains("\(role) \($0)") })
        }
    }

    private func grant(_ functions: [String]) -> Finding {
        if functions.isEmpty { return .same }
        let statements = functions.map { "GRANT EXECUTE ON FUNCTION \($0) TO \(SQL.identifier(role));" }
        return .change(
            Change(
                .update, "\(role) may not execute \(functions.count) functions that pg_rewind needs",
                script: Script(ServerShell(location).sql(.init(statements.joined(separator: "\n"))))))
    }
}
