package import Diagnostics

/// What the user declares of one cluster: a checked inventory, every default filled in.
///
/// Made by ``InventoryReader``, which reports everything that is wrong before one comes to be.
package struct Inventory: Sendable {
    /// The path as the user gave it.
    package var file: String
    package var cluster: String
    /// In the order of the file.
    package var hosts: [InventoryHost]
    /// In the order of the file.
    package var vips: [VirtualAddress]
    package var postgresql: PostgreSQLOptions
    package var replication: ReplicationOptions
    package var ha: EngineOptions
    package var keyExchange: KeyExchange
    package var pgpool: PgpoolOptions
    package var arping: ToolInstall
    /// Where each key that was written stands, by its dotted path: `hosts.db1.address`, `ha.engine`.
    package var places: [String: SourcePlace]

    package init(
        file: String, cluster: String, hosts: [InventoryHost], vips: [VirtualAddress] = [],
        postgresql: PostgreSQLOptions, replication: ReplicationOptions = ReplicationOptions(),
        ha: EngineOptions = EngineOptions(), keyExchange: KeyExchange = .auto,
        pgpool: PgpoolOptions = PgpoolOptions(), arping: ToolInstall = .package, places: [String: SourcePlace] = [:]
    ) {
        self.file = file
        self.cluster = cluster
        self.hosts = hosts
        self.vips = vips
        self.postgresql = postgresql
        self.replication = replication
        self.ha = ha
        self.keyExchange = keyExchange
        self.pgpool = pgpool
        self.arping = arping
        self.places = places
    }

    package func host(_ name: String) -> InventoryHost? {
        hosts.first { $0.name == name }
    }

    /// Hosts that are to hold the database, in the order of the file; `state: absent` is left out.
    package var databaseHosts: [InventoryHost] {
        hosts.filter { $0.state == .present && $0.isDatabase }
    }

    /// Hosts with `state: absent`, in the order of the file.
    package var leavingHosts: [InventoryHost] {
        hosts.filter { $0.state == .absent }
    }

    /// Hosts that run pgpool-II, in the order of the file. Under this engine a witness is one too: only a pgpool-II
    /// has a vote.
    package var poolHosts: [InventoryHost] {
        hosts.filter {
            $0.state == .present
                && ($0.roles.contains(.pgpool) || ha.engine == .pgpool && $0.roles.contains(.witness))
        }
    }

    /// The servers that pgpool-II sends its clients to, in the order of the file: all that may follow any primary.
    package var backends: [InventoryHost] {
        databaseHosts.filter { $0.upstream == nil }
    }

    /// The host where the cluster is born.
    package var bornPrimary: InventoryHost? {
        databaseHosts.first { $0.roles.contains(.primary) }
    }
}
