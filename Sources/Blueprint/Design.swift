import Diagnostics
package import Inventory
package import PostgreSQL
package import Resources

/// All that a step needs to say what shall be: the inventory seen from one live primary. Pure.
package struct Design: Sendable {
    package let inventory: Inventory
    package let topology: Topology
    /// Nil draws the cluster as it is at birth, with nothing there yet.
    package let facts: ClusterFacts?
    package let templates: BuiltInFolder
    package let secrets: SecretStore
    package let operation: Operation
    /// Hosts that are out of service: they are left as they are, and others do their work.
    package let drained: Set<String>
    package let location: ServerLocation
    /// Of this design only: another primary may make other contents.
    let shared = SharedContents()

    package init(
        inventory: Inventory, primary: String, facts: ClusterFacts?, templates: BuiltInFolder, secrets: SecretStore,
        operation: Operation = Operation(), without: Set<String> = []
    ) {
        self.operation = operation
        self.inventory = inventory
        self.facts = facts
        self.templates = templates
        self.secrets = secrets
        let location = ServerLocation(inventory)
        self.location = location
        var empty = Set(
            inventory.databaseHosts.map(\.name).filter {
                facts?[$0]?.server.isAbsent ?? false || operation.replacesData(of: $0, facts, location)
            })
        empty.formUnion(facts?.unfollowed(without, in: inventory) ?? [])
        drained = operation.drained(facts, in: inventory).subtracting([primary])
        empty.formUnion(drained)
        if let takeover = operation.takeover { empty.formUnion(takeover.leftAlone.union(takeover.fenced)) }
        topology = Topology(inventory, primary: primary, empty: empty.subtracting([primary]))
    }

    package var primary: String { topology.primary }
    package var version: PostgresVersion { inventory.postgresql.version }
    package var databaseHosts: [InventoryHost] { inventory.databaseHosts }

    package func server(of host: InventoryHost) -> ServerFacts? { facts?.server(of: host.name) }

    /// Whether the host holds no database cluster yet; a host that was not seen is not taken for a new one.
    ///
    /// One whose data directory holds something else counts as new: the kinds that would fill it refuse it.
    package func isNew(_ host: InventoryHost) -> Bool {
        guard let facts else { return true }
        guard let seen = facts[host.name] else { return false }
        switch seen.server {
        case .absent: return true
        case .present(let server): return server.dataVersion == nil
        case .unknown: return false
        }
    }

    package func isRunning(_ host: InventoryHost) -> Bool { server(of: host)?.isRunning ?? false }

    /// Whether the host is primary now and shall not stay so.
    func isFormer(_ host: InventoryHost) -> Bool { operation.former == host.name }

    /// Whether a failover cuts the standbys off, compares and promotes: nobody is primary yet.
    var isTakingOver: Bool {
        guard let takeover = operation.takeover, takeover.promotes else { return false }
        return facts?.server(of: primary)?.live?.inRecovery ?? true
    }

    /// What is read of every database server, whoever is primary.
    package var serverProbe: ServerProbe {
        var settings = Set(ManagedLiveSettings.names)
        for host in databaseHosts { settings.formUnion(ServerSettings(self, host).pairs.map(\.name)) }
        var roles: Set<String> = [location.account]
        roles.insert(inventory.replication.user)
        roles.formUnion(inventory.postgresql.users.map(\.name))
        let databases = inventory.postgresql.databases.filter { !$0.extensions.isEmpty }.map(\.name)
        return ServerProbe(location: location, settings: settings, roles: roles, databases: Set(databases))
    }
}

extension Operation {
    /// A command that names a drained host brings it back, unless it drains it.
    func drained(_ facts: ClusterFacts?, in inventory: Inventory) -> Set<String> {
        var drained = Set(facts?.drained(in: inventory).keys.map { $0 } ?? [])
        if let named { drained.remove(named) }
        if let named, service == .leaving, facts != nil { drained.insert(named) }
        return drained
    }
}

extension ServerLocation {
    /// Where the inventory puts the server; the distribution's own places where it brings the packages.
    package init(_ inventory: Inventory) {
        let options = inventory.postgresql
        let version = options.version
        let distributionData = "/var/lib/postgresql/\(version)/main"
        let isDistribution = options.install == .package
        let bin =
            switch options.install {
            case .package: "/usr/lib/postgresql/\(version)/bin"
            case .source(let archive): (archive.prefix ?? "/usr/local/pgsql") + "/bin"
            case .existing(let prefix): prefix + "/bin"
            }
        self.init(
            version: version, binDirectory: bin, dataDirectory: options.dataDirectory ?? distributionData,
            configDirectory: "/etc/postgresql/\(version)/main", port: options.port,
            unit: isDistribution ? "postgresql@\(version)-main.service" : "postgresql-\(inventory.cluster).service",
            isDistribution: isDistribution,
            startGuard: inventory.databaseHosts.count > 1
                ? "/usr/local/lib/kumki/\(inventory.cluster)/start-guard" : nil)
    }
}
