package import PostgreSQL

/// One host of the inventory.
package struct InventoryHost: Sendable {
    package enum Role: String, CaseIterable, Hashable, Sendable {
        case primary, standby, pgpool, witness
    }

    package enum State: String, CaseIterable, Hashable, Sendable {
        case present, absent
    }

    /// The key: names the host in /etc/hosts, as application_name, slot and node id.
    package var name: String
    /// An IP address or a DNS name, as written.
    package var address: String
    package var roles: [Role]
    package var zone: String?
    /// The declared upstream; nil follows the live primary.
    package var upstream: String?
    package var replication: StandbyReplication
    /// The host's own settings, over `postgresql.settings`; in the order of the file.
    package var settings: [DeclaredSetting]
    package var memory: ByteCount?
    package var interface: String?
    package var state: State
    package var ssh: SSHOptions
    /// Read-only weight and watchdog priority.
    package var pgpool: PgpoolHostOptions

    package init(
        name: String, address: String, roles: [Role], zone: String? = nil, upstream: String? = nil,
        replication: StandbyReplication = StandbyReplication(), settings: [DeclaredSetting] = [],
        memory: ByteCount? = nil, interface: String? = nil, state: State = .present, ssh: SSHOptions = SSHOptions(),
        pgpool: PgpoolHostOptions = PgpoolHostOptions()
    ) {
        self.name = name
        self.address = address
        self.roles = roles
        self.zone = zone
        self.upstream = upstream
        self.replication = replication
        self.settings = settings
        self.memory = memory
        self.interface = interface
        self.state = state
        self.ssh = ssh
        self.pgpool = pgpool
    }

    package var isDatabase: Bool { roles.contains(.primary) || roles.contains(.standby) }

    /// The replication slot that serves this host: its name with `-` as `_`.
    package var slotName: String { String(name.map { $0 == "-" ? "_" : $0 }) }
}

/// How a host replicates whenever it is a standby.
package struct StandbyReplication: Hashable, Sendable {
    package enum Mode: String, CaseIterable, Hashable, Sendable {
        case sync, async
    }

    /// As declared; nil is async, or sync for the host born primary when any host is sync.
    package var mode: Mode?
    /// Order among the synchronous standbys of `method: first`; lower comes first. Nil goes behind, in file order.
    package var priority: Int?
    /// recovery_min_apply_delay; nil is none.
    package var applyDelay: Duration?
    /// Whether the host may ever be promoted.
    package var failover: Bool

    package init(mode: Mode? = nil, priority: Int? = nil, applyDelay: Duration? = nil, failover: Bool = true) {
        self.mode = mode
        self.priority = priority
        self.applyDelay = applyDelay
        self.failover = failover
    }
}

package struct PgpoolHostOptions: Hashable, Sendable {
    package var weight: Double
    package var priority: Int?

    package init(weight: Double = 1, priority: Int? = nil) {
        self.weight = weight
        self.priority = priority
    }
}
