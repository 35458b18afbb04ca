package import Pgpool

/// Where the pgpool-II of a host lives.
package struct PgpoolLocation: Hashable, Sendable {
    package var cluster: String
    /// Nil until it shows which version the host gets.
    package var version: PgpoolVersion?
    /// The folder of `pgpool`, `pcp_watchdog_info` and the like.
    package var binDirectory: String
    package var configDirectory: String
    /// Where its sockets, its process id and the state of its backends lie; a reboot forgets them.
    package var runDirectory: String
    /// The account that runs it.
    package var account: String
    package var home: String
    package var unit: String
    /// What says which archive it was built from; nil for the distribution's package, which brings a unit, too.
    package var sourceMark: String?
    package var port: Int
    package var pcpPort: Int
    package var pcpUser: String

    package init(
        cluster: String, version: PgpoolVersion?, pcpUser: String, binDirectory: String = "/usr/sbin",
        configDirectory: String = "/etc/pgpool2", runDirectory: String = "/var/run/postgresql",
        account: String = "postgres", home: String = "/var/lib/postgresql", unit: String = "pgpool2.service",
        sourceMark: String? = nil, port: Int = 9999, pcpPort: Int = 9898
    ) {
        self.cluster = cluster
        self.version = version
        self.binDirectory = binDirectory
        self.configDirectory = configDirectory
        self.runDirectory = runDirectory
        self.account = account
        self.home = home
        self.unit = unit
        self.sourceMark = sourceMark
        self.port = port
        self.pcpPort = pcpPort
        self.pcpUser = pcpUser
    }

    package var pidFile: String { runDirectory + "/pgpool.pid" }
    package var configFile: String { configDirectory + "/pgpool.conf" }
    package var hbaFile: String { configDirectory + "/pool_hba.conf" }
    package var passwordsFile: String { configDirectory + "/pool_passwd" }
    package var pcpFile: String { configDirectory + "/pcp.conf" }
    package var nodeIDFile: String { configDirectory + "/pgpool_node_id" }
    /// The key of pool_passwd's passwords.
    package var keyFile: String { home + "/.pgpoolkey" }
    /// The password of `pcp_*`.
    package var pcpPasswordFile: String { home + "/.pcppass" }
    /// kumki's own programs on the host.
    package var scriptDirectory: String { "/usr/local/lib/kumki/\(cluster)" }
    /// Its files as they were when it was started, and when it last read them; made by the unit's drop-in.
    package var startedDirectory: String { "/run/kumki/\(cluster)/pgpool-started" }
    package var loadedDirectory: String { "/run/kumki/\(cluster)/pgpool-loaded" }
    /// The address of a server that leaves the pool on purpose: as long as it is there and not older than four minutes, the
    /// failover script does nothing about that one.
    package var inertMark: String { "/run/kumki/\(cluster)/inert" }
}
