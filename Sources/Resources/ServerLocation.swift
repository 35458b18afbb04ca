package import PostgreSQL

/// Where the server of a host lives: the same for every version and way of installing, once it is known.
package struct ServerLocation: Hashable, Sendable {
    package var version: PostgresVersion
    /// `/usr/lib/postgresql/15/bin`
    package var binDirectory: String
    package var dataDirectory: String
    /// The folder of postgresql.conf and pg_hba.conf, always outside the data directory.
    package var configDirectory: String
    package var socketDirectory: String
    package var port: Int
    /// The account that runs the server.
    package var account: String
    package var home: String
    /// The systemd unit: `postgresql@15-main.service`.
    package var unit: String
    /// Whether the distribution's own scripts run the server, so that no unit of ours is needed.
    package var isDistribution: Bool
    /// What runs before the server starts and asks its peers; nil where it has none.
    package var startGuard: String?

    package init(
        version: PostgresVersion, binDirectory: String, dataDirectory: String, configDirectory: String,
        socketDirectory: String = "/var/run/postgresql", port: Int = 5432, account: String = "postgres",
        home: String = "/var/lib/postgresql", unit: String, isDistribution: Bool, startGuard: String? = nil
    ) {
        self.version = version
        self.binDirectory = binDirectory
        self.dataDirectory = dataDirectory
        self.configDirectory = configDirectory
        self.socketDirectory = socketDirectory
        self.port = port
        self.account = account
        self.home = home
        self.unit = unit
        self.isDistribution = isDistribution
        self.startGuard = startGuard
    }

    package var configFile: String { configDirectory + "/postgresql.conf" }
    package var hbaFile: String { configDirectory + "/pg_hba.conf" }
    package var identFile: String { configDirectory + "/pg_ident.conf" }
    package var autoConfFile: String { dataDirectory + "/postgresql.auto.conf" }
    package var passwordFile: String { home + "/.pgpass" }
    package var signalFile: String { dataDirectory + "/standby.signal" }
    package var recoveryFile: String { dataDirectory + "/recovery.conf" }
    /// Tells the start guard that kumki starts the server; no reboot survives it.
    package var startMark: String { "/run/kumki-start-\(unit)" }
    /// Where a base backup is made before it is moved in.
    package var sideDirectory: String { dataDirectory + ".kumki-new" }
    /// Where a rebuild keeps the data directory that it replaces.
    package var oldDirectory: String { dataDirectory + ".kumki-old" }
    /// Says that the data directory must not be started, and why; beside it, since pg_rewind would remove it inside.
    package var failureMark: String { dataDirectory + ".kumki-failed" }
    /// Says that what lies in the data directory is the copy of a rebuild that has not streamed yet.
    package var rebuildMark: String { dataDirectory + ".kumki-rebuild" }
}
