import Diagnostics
import Hosts
import PostgreSQL

/// A database and its owner; one that is declared absent is dropped, with all that is in it.
package struct Database: Resource {
    package enum State: Hashable, Sendable {
        case present, absent
    }

    package var database: String
    package var state: State
    /// Nil: whoever owns it.
    package var owner: String?
    package var location: ServerLocation

    package init(database: String, state: State = .present, owner: String?, location: ServerLocation) {
        self.database = database
        self.state = state
        self.owner = owner
        self.location = location
    }

    package var name: String { "database \(database)" }

    package var probe: Probe { Probe(server: ServerProbe(location: location)) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return state == .present ? create() : .same
        case .present(let server):
            guard let live = server.live else { return .unknown("seen once the server runs") }
            if state == .absent { return live.databases[database] == nil ? .same : drop() }
            guard let found = live.databases[database] else { return create() }
            guard let owner, owner != found.owner else { return .same }
            let statement = "ALTER DATABASE \(SQL.identifier(database)) OWNER TO \(SQL.identifier(owner));"
            return .change(
                Change(
                    .update, "owner \(found.owner) -> \(owner)", basis: found.owner,
                    script: Script(ServerShell(location).sql(Content(statement)))))
        }
    }

    /// PostgreSQL refuses as long as somebody is connected.
    private func drop() -> Finding {
        .change(
            Change(
                .delete, "declared absent: the database and all that is in it", destroysData: true,
                script: Script(
                    ServerShell(location).sql(Content("DROP DATABASE \(SQL.identifier(database));"), limit: 300),
                    limit: .seconds(330))))
    }

    private func create() -> Finding {
        let owner = owner.map { " OWNER \(SQL.identifier($0))" } ?? ""
        let statement = "CREATE DATABASE \(SQL.identifier(database))\(owner);"
        return .change(
            Change(
                .create, "the database is missing",
                script: Script(ServerShell(location).sql(Content(statement), limit: 300), limit: .seconds(330))))
    }
}

/// An extension in a database.
package struct Extension: Resource {
    package var database: String
    package var extensionName: String
    package var location: ServerLocation

    package init(database: String, extensionName: String, location: ServerLocation) {
        self.database = database
        self.extensionName = extensionName
        self.location = location
    }

    package var name: String { "extension \(database).\(extensionName)" }

    package var probe: Probe { Probe(server: ServerProbe(location: location, databases: [database])) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return create()
        case .present(let server):
            guard let live = server.live else { return .unknown("seen once the server runs") }
            if live.databases[database] == nil { return create() }
            guard let found = live.extensions[database] else {
                return .unknown("database \(database) could not be read")
            }
            return found.contains(extensionName) ? .same : create()
        }
    }

    private func create() -> Finding {
        let statement = "CREATE EXTENSION IF NOT EXISTS \(SQL.identifier(extensionName)) CASCADE;"
        return .change(
            Change(
                .create, "the extension is missing",
                script: Script(
                    ServerShell(location).sql(Content(statement), database: database, limit: 120),
                    limit: .seconds(150))))
    }
}
