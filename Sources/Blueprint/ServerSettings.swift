package import Inventory
package import PostgreSQL
import Resources

/// What postgresql.conf says on one host: the same whoever is primary, so that a failover leaves nothing to write.
package struct ServerSettings: Sendable {
    package struct Pair: Hashable, Sendable {
        package var name: String
        package var value: String
    }

    /// In the order of the file.
    package private(set) var pairs: [Pair] = []

    package init(_ design: Design, _ host: InventoryHost) {
        let location = design.location
        let inventory = design.inventory
        let isDelayed = host.replication.applyDelay != nil
        set("data_directory", location.dataDirectory)
        set("hba_file", location.hbaFile)
        set("ident_file", location.identFile)
        set("listen_addresses", "*")
        set("port", String(location.port))
        set("unix_socket_directories", location.socketDirectory)
        set("cluster_name", inventory.cluster)
        // The distribution's unit looks for it.
        if location.isDistribution { set("external_pid_file", "/var/run/postgresql/\(design.version)-main.pid") }
        for (name, value) in HADefaults.settings(
            version: design.version, memory: host.memory, isDelayed: isDelayed)
        {
            set(name, value)
        }
        if inventory.ha.engine != .none {
            for (name, value) in HADefaults.underEngine(version: design.version) { set(name, value) }
        }
        if let archive = inventory.replication.archive {
            let commands = ArchiveCommands(archive)
            set("archive_mode", "on")
            set("archive_command", commands.archive)
            if archive.shared, design.version >= .v12 { set("restore_command", commands.restore) }
        }
        if let delay = host.replication.applyDelay, design.version >= .v12 {
            set("recovery_min_apply_delay", delay.postgres)
        }
        for setting in inventory.postgresql.settings { set(setting.name, setting.value) }
        for setting in host.settings { set(setting.name, setting.value) }
    }

    package subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    package var values: [String: String] { Dictionary(pairs.map { ($0.name, $0.value) }) { $1 } }

    /// A later value takes the place of an earlier one; a new name goes to the end.
    package mutating func set(_ name: String, _ value: String) {
        if let index = pairs.firstIndex(where: { $0.name == name }) {
            pairs[index].value = value
        } else {
            pairs.append(Pair(name: name, value: value))
        }
    }
}

extension ServerSettings {
    /// While the primary's WAL still asks for more, a standby keeps the higher value of the hot-standby settings.
    ///
    /// A standby that holds less than what the primary's WAL says stops replaying; pg_control shows what it says.
    /// - Source: PostgreSQL documentation, "Hot Standby", administrator's overview.
    package mutating func keepHotStandbyValues(above control: ControlData?, version: PostgresVersion) {
        guard let control else { return }
        for (name, floor) in control.hotStandby.pairs {
            guard let value = hotStandbyValue(of: name, version: version) else { continue }
            if value < floor { set(name, String(floor)) }
        }
    }

    /// As declared, else PostgreSQL's own default: a line taken out of the inventory lowers too.
    package func hotStandbyValue(of name: String, version: PostgresVersion) -> Int? {
        (self[name] ?? SettingCatalog.for(version).definition(name)?.defaultValue).flatMap { Int($0) }
    }
}

extension ControlData.HotStandbySettings {
    /// By their names in postgresql.conf; what the version does not record is left out.
    package var pairs: [(name: String, value: Int)] {
        var pairs = [
            ("max_connections", maxConnections), ("max_worker_processes", maxWorkerProcesses),
            ("max_prepared_transactions", maxPreparedTransactions),
            ("max_locks_per_transaction", maxLocksPerTransaction),
        ]
        if let maxWalSenders { pairs.append(("max_wal_senders", maxWalSenders)) }
        return pairs
    }
}

extension Duration {
    /// As PostgreSQL writes it: whole milliseconds, or the largest unit that fits.
    package var postgres: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        for (unit, factor) in [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000)] as [(String, Int64)] {
            if milliseconds != 0, milliseconds % factor == 0 { return "\(milliseconds / factor)\(unit)" }
        }
        return "\(milliseconds)ms"
    }
}

/// Copying a finished WAL file into the archive and back.
package struct ArchiveCommands: Sendable {
    package let archive: String
    package let restore: String

    /// The copy gets its name only when it is on disk; an existing file is accepted only when it is the same. What is
    /// older than `keep` goes with each new file; timeline histories stay.
    package init(_ options: ReplicationOptions.Archive) {
        let directory = options.directory
        let target = Shell.quote(directory) + "/%f"
        var copy =
            "if test -f \(target); then cmp -s %p \(target); else cp %p \(target).part && sync \(target).part && mv \(target).part \(target); fi"
        if let keep = options.keep {
            let minutes = max(1, keep.components.seconds / 60)
            copy +=
                " && { find \(Shell.quote(directory)) -maxdepth 1 -type f ! -name '*.history' -mmin +\(minutes) -delete; true; }"
        }
        archive = copy
        restore = "cp \(target) %p"
    }
}
