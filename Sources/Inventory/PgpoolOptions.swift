package import Pgpool
import PostgreSQL

/// `pgpool:` of the inventory.
package struct PgpoolOptions: Hashable, Sendable {
    package enum Routing: String, CaseIterable, Hashable, Sendable {
        case all, primary
    }

    package struct HealthCheck: Hashable, Sendable {
        package var period: Duration?
        package var timeout: Duration?
        package var retries: Int?

        package init(period: Duration? = nil, timeout: Duration? = nil, retries: Int? = nil) {
            self.period = period
            self.timeout = timeout
            self.retries = retries
        }
    }

    package struct Watchdog: Hashable, Sendable {
        package var interval: Duration?
        package var deadtime: Duration?
        /// Nil: not written down, which two voters need.
        package var halfVotes: Bool?
        package var authKey: SecretSource?

        package init(
            interval: Duration? = nil, deadtime: Duration? = nil, halfVotes: Bool? = nil, authKey: SecretSource? = nil
        ) {
            self.interval = interval
            self.deadtime = deadtime
            self.halfVotes = halfVotes
            self.authKey = authKey
        }
    }

    package var install: ToolInstall
    package var port: Int
    package var pcpPort: Int
    package var pcpPassword: SecretSource?
    package var loadBalance: Bool
    package var routing: Routing
    /// Nil values are those of `ha.profile`.
    package var healthCheck: HealthCheck
    package var watchdog: Watchdog
    package var settings: [DeclaredSetting]

    package init(
        install: ToolInstall = .package, port: Int = 9999, pcpPort: Int = 9898, pcpPassword: SecretSource? = nil,
        loadBalance: Bool = true, routing: Routing = .all, healthCheck: HealthCheck = HealthCheck(),
        watchdog: Watchdog = Watchdog(), settings: [DeclaredSetting] = []
    ) {
        self.install = install
        self.port = port
        self.pcpPort = pcpPort
        self.pcpPassword = pcpPassword
        self.loadBalance = loadBalance
        self.routing = routing
        self.healthCheck = healthCheck
        self.watchdog = watchdog
        self.settings = settings
    }
}

extension PgpoolOptions {
    /// What the name of a source archive says, `pgpool-II-4.0.2.tar.gz`; nil for a package or a name that doesn't tell.
    package var archivedVersion: PgpoolVersion? {
        guard case .source(let source) = install else { return nil }
        return PgpoolVersion(archive: source.archive)
    }

    /// Whether clients may come with SSL: the inventory names certificates.
    package var hasSSL: Bool {
        settings.contains { $0.name == "ssl" && SettingValue.isTrue($0.value) }
    }
}

/// A virtual address that an engine moves with the primary (`writer`) or a healthy standby (`reader`).
package struct VirtualAddress: Hashable, Sendable {
    /// `writer` or `reader`.
    package var kind: String
    package var address: String
    package var prefixLength: Int
    package var interface: String?
    /// The name in /etc/hosts, when given.
    package var name: String?

    package init(kind: String, address: String, prefixLength: Int, interface: String? = nil, name: String? = nil) {
        self.kind = kind
        self.address = address
        self.prefixLength = prefixLength
        self.interface = interface
        self.name = name
    }
}
