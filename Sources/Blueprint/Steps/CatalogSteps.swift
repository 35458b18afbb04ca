import Diagnostics
import Inventory
import PostgreSQL
import Resources

/// What lies in the catalogs of the primary and reaches the standbys by itself.
enum CatalogSteps {
    static func superuser(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        guard let source = design.inventory.postgresql.superuserPassword else { return [] }
        let account = design.location.account
        let attributes = LiveRole(
            superuser: true, createdb: true, createrole: true, replication: true, bypassrls: true)
        return [
            Role(
                role: account, attributes: attributes, password: design.password(source),
                location: design.location)
        ]
    }

    static func replicationRole(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        let replication = design.inventory.replication
        let attributes = LiveRole(superuser: design.version < .v11, replication: true)
        var resources: [any Resource] = [
            Role(
                role: replication.user, attributes: attributes,
                password: replication.password.map { design.password($0) },
                location: design.location)
        ]
        if design.version >= .v11 {
            resources.append(RewindGrants(role: replication.user, location: design.location))
        }
        return resources
    }

    /// The account of the engine's health checks and failover scripts.
    static func haRole(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        let ha = design.inventory.ha
        guard let source = ha.password else { return [] }
        let grants = HAGrants.canBeGranted(design.version)
        var resources: [any Resource] = [
            Role(
                role: ha.user,
                attributes: LiveRole(superuser: !grants && design.hasWatchdog, replication: design.hasWatchdog),
                password: design.password(source), location: design.location, method: design.pooledMethod)
        ]
        if grants || !design.hasWatchdog {
            resources.append(HAGrants(role: ha.user, failsOver: design.hasWatchdog, location: design.location))
        }
        return resources
    }

    static func users(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        design.inventory.postgresql.users.map { user in
            Role(
                role: user.name, attributes: LiveRole(user.attributes), password: design.password(user),
                state: user.state == .absent ? .absent : .present, location: design.location,
                method: design.pooledMethod)
        }
    }

    static func databases(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        design.inventory.postgresql.databases.map {
            Database(
                database: $0.name, state: $0.state == .present ? .present : .absent, owner: $0.owner,
                location: design.location)
        }
    }

    static func extensions(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        design.inventory.postgresql.databases.filter { $0.state == .present }.flatMap { database in
            database.extensions.map {
                Extension(database: database.name, extensionName: $0, location: design.location)
            }
        }
    }
}

extension LiveRole {
    init(_ attributes: [DeclaredUser.Attribute]) {
        self.init(
            superuser: attributes.contains(.superuser), createdb: attributes.contains(.createdb),
            createrole: attributes.contains(.createrole), replication: attributes.contains(.replication),
            bypassrls: attributes.contains(.bypassrls), login: !attributes.contains(.nologin),
            inherit: !attributes.contains(.noinherit))
    }
}

extension Design {
    func password(_ source: SecretSource) -> Role.Password {
        .clear(secrets.secret(source))
    }

    func password(_ user: DeclaredUser) -> Role.Password? {
        switch user.password {
        case nil: nil
        case .secret(let source): password(source)
        case .verifier(let text):
            .verifier(Secret(label: "postgresql.users.\(user.name).password.verifier", value: text))
        }
    }
}
