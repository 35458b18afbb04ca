import Inventory
import Operations
import PostgreSQL
import Resources

/// A host of a hand-made cluster, as looking at it would have shown it.
struct SeenHost {
    var number: Int
    var version: PostgresVersion = .v15
    /// The number of the host that it streams from; nil for a primary.
    var upstream: Int?
    var applicationName = "walreceiver"
    var slot: String?
    var user = "replicator"
    /// Beside what the version's initdb writes.
    var settings: [String: LiveSetting] = [:]
    var change: @Sendable (inout ImportedHost) -> Void = { _ in }

    static let network = "198.51.100"

    var address: String { "\(Self.network).\(10 + number)" }

    static func address(_ number: Int) -> String { "\(network).\(10 + number)" }

    private var conninfo: String? {
        upstream.map { "user=\(user) host=\(Self.address($0)) port=5432 application_name=\(applicationName)" }
    }

    /// - Parameter standbys: those that stream from it, each with the name that it gives.
    func imported(standbys: [LiveStandby]) -> ImportedHost {
        let data = "/var/lib/postgresql/\(version)/main"
        var live = LiveServer(
            versionNumber: version.number * 100, inRecovery: upstream != nil, systemIdentifier: "7000000000000000001",
            timeline: 1)
        live.settings = Self.initdb(version).merging(settings) { $1 }
        live.standbys = standbys
        live.roles = ["postgres": LiveRole(superuser: true, createdb: true, createrole: true, replication: true)]
        live.roles[user] = live.roles[user] ?? LiveRole(replication: true, verifier: "SCRAM-SHA-256$of-replicator")
        live.databases = ["postgres": LiveDatabase(owner: "postgres")]
        live.extensions = ["postgres": ["plpgsql"]]
        if let conninfo {
            live.receiver = LiveReceiver(status: "streaming", conninfo: conninfo, slotName: slot)
            if version >= .v12 { live.settings["primary_conninfo"] = .file(conninfo + " password=do-not-tell") }
            if let slot, version >= .v12 { live.settings["primary_slot_name"] = .file(slot) }
        }
        let server = FoundServer(
            version: version.description, dataDirectory: data, binDirectory: "/usr/lib/postgresql/\(version)/bin",
            unit: "postgresql@\(version)-main.service")
        var host = ImportedHost(
            address: address, ssh: SSHOptions(user: "root"), hostName: "db\(number)",
            search: HostSearch(servers: [server], addresses: [address]), server: server,
            facts: ServerFacts(state: .running(live), dataVersion: version.description), live: live,
            hba: Self.debianHBA,
            catalog: ImportedCatalog(
                roles: ["postgres", user], databases: ["postgres"],
                hbaFile: "/etc/postgresql/\(version)/main/pg_hba.conf"))
        change(&host)
        return host
    }

    /// The hosts of one cluster: whoever has an upstream is known to it.
    static func cluster(_ hosts: [SeenHost]) -> [ImportedHost] {
        hosts.map { host in
            host.imported(
                standbys: hosts.filter { $0.upstream == host.number }.map {
                    LiveStandby(applicationName: $0.applicationName, clientAddress: $0.address)
                })
        }
    }

    /// What initdb and Debian's scripts set.
    private static func initdb(_ version: PostgresVersion) -> [String: LiveSetting] {
        [
            "config_file": .override("/etc/postgresql/\(version)/main/postgresql.conf"),
            "data_directory": .file("/var/lib/postgresql/\(version)/main"),
            "hba_file": .file("/etc/postgresql/\(version)/main/pg_hba.conf"), "port": .file("5432", boot: "5432"),
            "cluster_name": .file("\(version)/main", boot: ""),
            "unix_socket_directories": .file("/var/run/postgresql", boot: "/var/run/postgresql"),
            "max_connections": .file("100", boot: "100"), "max_worker_processes": .standard("8"),
            "max_prepared_transactions": .standard("0"), "max_locks_per_transaction": .standard("64"),
            "max_wal_senders": .standard("10"), "shared_buffers": .file("16384", unit: "8kB", boot: "16384"),
            "timezone": .file("Etc/UTC", boot: "GMT"), "datestyle": .file("ISO, MDY", boot: "ISO, MDY"),
            "lc_messages": .file("C.UTF-8", boot: ""), "log_line_prefix": .file("%m [%p] %q%u@%d ", boot: "%m [%p] "),
            "synchronous_standby_names": .standard(""),
        ]
    }

    static let debianHBA = """
        # Database administrative login by Unix domain socket
        local   all             postgres                                peer

        # TYPE  DATABASE        USER            ADDRESS                 METHOD
        local   all             all                                     peer
        host    all             all             127.0.0.1/32            scram-sha-256
        local   replication     all                                     peer
        host    replication     all             127.0.0.1/32            scram-sha-256

        """
}

extension LiveSetting {
    static func file(_ value: String, unit: String? = nil, boot: String? = "") -> LiveSetting {
        LiveSetting(setting: value, unit: unit, source: "configuration file", bootValue: boot)
    }

    static func standard(_ value: String) -> LiveSetting {
        LiveSetting(setting: value, source: "default", bootValue: value)
    }

    static func override(_ value: String) -> LiveSetting {
        LiveSetting(setting: value, source: "override")
    }
}
