import Inventory
import PostgreSQL
import Resources

/// What one host of a ``SimulatedCluster`` holds.
struct SimulatedMachine: Sendable {
    struct File: Sendable {
        var content: String
        var mode: String
        var owner: String
        var group: String
        var isDirectory = false
        var modified: Double
    }

    var name: String
    var address: String
    var files: [String: File] = [:]
    var packages: Set<String> = []
    var accounts: Set<String> = ["root"]
    /// Units and whether they are enabled.
    var units: [String: Bool] = [:]
    /// Units that run.
    var active: Set<String> = []
    var server: SimulatedServer?
    /// Somebody's files in the data directory.
    var hasForeignData = false
    /// What listens on the server's port without being the server.
    var hasForeignListener = false
    var clock = 1000.0

    init(_ host: InventoryHost) {
        name = host.name
        address = host.address
        write("/etc/hosts", "127.0.0.1 localhost\n")
        write("/etc/ssh/ssh_host_ed25519_key.pub", "ssh-ed25519 HOSTKEY\(name) root@\(name)\n")
    }

    mutating func write(
        _ path: String, _ content: String, mode: String = "0644", owner: String = "root", group: String? = nil
    ) {
        let group = group ?? owner
        files[path] = File(content: content, mode: mode, owner: owner, group: group, modified: clock)
    }
}

/// A PostgreSQL server of a ``SimulatedMachine``; its configuration lies in the machine's files.
struct SimulatedServer: Sendable {
    var version: PostgresVersion
    var dataVersion: String
    var identifier: String
    var timeline = 1
    var history: String?
    var lsn = LSN(0x500_0060)
    var isRunning = false
    /// Runs, but answers nothing.
    var isSilent = false
    var inRecovery = false
    var port = 5432
    /// What the running server holds, as written in its files, and from which of them.
    var live: [String: (value: String, file: String)] = [:]
    var loaded = 0.0
    /// What pg_control shows of the hot-standby settings.
    var control: [String: Int] = [
        "max_connections": 100, "max_worker_processes": 8, "max_wal_senders": 10, "max_prepared_transactions": 0,
        "max_locks_per_transaction": 64,
    ]
    var slots: [String: LiveSlot] = [:]
    var marker: String?

    var controlText: String {
        let state = isRunning ? (inRecovery ? "in archive recovery" : "in production") : "shut down"
        return """
            pg_control version number:            1300
            Catalog version number:               202209061
            Database system identifier:           \(identifier)
            Database cluster state:               \(state)
            Latest checkpoint location:           \(lsn)
            Latest checkpoint's REDO location:    \(lsn)
            Latest checkpoint's TimeLineID:       \(timeline)
            Latest checkpoint's PrevTimeLineID:   \(timeline)
            Minimum recovery ending location:     0/0
            Min recovery ending loc's timeline:   0
            End-of-backup record required:        no
            wal_level setting:                    replica
            wal_log_hints setting:                on
            max_connections setting:              \(control["max_connections"] ?? 0)
            max_worker_processes setting:         \(control["max_worker_processes"] ?? 0)
            max_wal_senders setting:              \(control["max_wal_senders"] ?? 0)
            max_prepared_xacts setting:           \(control["max_prepared_transactions"] ?? 0)
            max_locks_per_xact setting:           \(control["max_locks_per_transaction"] ?? 0)
            Bytes per WAL segment:                16777216
            Data page checksum version:           1
            """
    }
}

/// What every server of a cluster holds alike.
struct SimulatedCatalog: Sendable {
    var roles: [String: LiveRole] = [
        "postgres": LiveRole(superuser: true, createdb: true, createrole: true, replication: true, bypassrls: true)
    ]
    var databases: [String: LiveDatabase] = ["postgres": LiveDatabase(owner: "postgres")]
    var extensions: [String: Set<String>] = [:]
    var rewindGrants: Set<String> = []
}
