import Diagnostics
import PostgreSQL

/// What settings must and must not be for replication to work.
extension InventoryRules {
    /// Where a setting was declared: for all hosts, or for one.
    private struct Declared {
        var setting: DeclaredSetting
        var path: String
    }

    private var declared: [Declared] {
        let shared = inventory.postgresql.settings.map {
            Declared(setting: $0, path: "postgresql.settings.\($0.name)")
        }
        return shared
            + inventory.databaseHosts.flatMap { host in
                host.settings.map {
                    Declared(setting: $0, path: "hosts.\(host.name).settings.\($0.name)")
                }
            }
    }

    func settings() -> [Diagnostic] {
        let hasArchive = inventory.replication.archive != nil
        let problems = declared.flatMap { item -> [Diagnostic] in
            if let owner = OwnedSettings.owner(of: item.setting.name, archive: hasArchive) {
                return [owned(item.setting.name, owner, at: item.path)]
            }
            return server(item) + replicationNeeds(item) + unsafe(item)
        }
        return problems + pgpoolSettings() + sharedBuffers() + sendersWithinConnections()
    }

    private func owned(_ name: String, _ owner: String, at path: String) -> Diagnostic {
        .error("setting.owned", "\(name) is not set here", at: keyPlace(path), hint: owner)
    }

    /// What the server itself would not take.
    private func server(_ item: Declared) -> [Diagnostic] {
        let version = inventory.postgresql.version
        guard versionIsReadable,
            var problem = SettingCatalog.check(name: item.setting.name, value: item.setting.value, version: version)
        else { return [] }
        let isAboutTheName = SettingCatalog.for(version).definition(item.setting.name) == nil
        problem.place = isAboutTheName ? keyPlace(item.path) : place(item.path)
        return [problem]
    }

    /// The value as a number in the setting's own unit.
    private func number(_ setting: DeclaredSetting) -> Int? {
        let definition = SettingCatalog.for(inventory.postgresql.version).definition(setting.name)
        if case .integer(let number)? = definition?.normalized(setting.value) { return number }
        return nil
    }

    /// As many as one host may have to send to, whoever of those that may become primary is it.
    private var mostStandbys: Int {
        let primaries = inventory.databaseHosts.filter { $0.roles.contains(.primary) || $0.upstream == nil }
        return primaries.flatMap { primary -> [Int] in
            let topology = Topology(inventory, primary: primary.name)
            return topology.hosts.map { topology.children(of: $0).count }
        }.max() ?? 0
    }

    private func replicationNeeds(_ item: Declared) -> [Diagnostic] {
        let standbys = mostStandbys
        if standbys < 1 { return [] }
        func wrong(_ message: String, _ hint: String) -> [Diagnostic] {
            [.error("setting.replication", message, at: place(item.path), hint: hint)]
        }
        let value = item.setting.value.lowercased()
        switch item.setting.name {
        case "wal_level" where value == "minimal":
            return wrong("wal_level minimal leaves out what standbys need", "write replica, or leave it out")
        case "listen_addresses" where ["", "localhost", "127.0.0.1", "::1"].contains(value):
            return wrong("standbys cannot reach a server that listens on itself only", "write '*', or leave it out")
        case "max_wal_senders":
            guard let count = number(item.setting), count <= standbys else { return [] }
            return wrong(
                "max_wal_senders \(count) is too few for \(standbys) \(standbys == 1 ? "standby" : "standbys") and a base backup",
                "write \(standbys + 1) or more, or leave it out")
        case "max_replication_slots" where inventory.replication.slots:
            guard let count = number(item.setting), count < standbys else { return [] }
            return wrong(
                "max_replication_slots \(count) is too few for the slots of \(standbys) \(standbys == 1 ? "standby" : "standbys")",
                "write \(standbys) or more, or leave it out")
        case "restore_command":
            return wrong(
                "restore_command reads from an archive, and none is shared",
                "write `replication: {archive: {directory: …, shared: true}}`, which restores by itself")
        default:
            return []
        }
    }

    private func unsafe(_ item: Declared) -> [Diagnostic] {
        let isOff = ["off", "false", "no", "0"].contains(item.setting.value.lowercased())
        func warn(_ message: String, _ hint: String) -> [Diagnostic] {
            [.warning("setting.unsafe", message, at: place(item.path), hint: hint)]
        }
        switch item.setting.name {
        case "fsync" where isOff, "full_page_writes" where isOff:
            return warn("with \(item.setting.name) off, a crash of the host destroys its data", "leave it on")
        case "synchronous_commit" where isOff || item.setting.value.lowercased() == "local":
            if inventory.synchronousHosts.isEmpty { return [] }
            return warn(
                "with synchronous_commit \(item.setting.value), no commit waits for the sync standbys",
                "set it per transaction or role where losing rows is acceptable")
        case "wal_log_hints" where isOff && !inventory.postgresql.initdb.dataChecksums:
            return warn(
                "without data checksums and wal_log_hints an old primary cannot be rewound",
                "leave it out, so that it is on")
        default:
            return []
        }
    }

    private func sharedBuffers() -> [Diagnostic] {
        inventory.databaseHosts.compactMap { host in
            guard let memory = host.memory, let item = effective("shared_buffers", on: host) else { return nil }
            // In blocks of 8 kB.
            guard let blocks = number(item.setting), blocks >= memory.bytes / 8192 else { return nil }
            return .error(
                "setting.memory", "shared_buffers \(item.setting.value) is not less than the memory of \(host.name)",
                at: place(item.path), hint: "a quarter of the memory is usual: leave it out to get that")
        }
    }

    /// - Source: PostgreSQL's sources: below 12 a server with `max_wal_senders` at `max_connections` does not start.
    private func sendersWithinConnections() -> [Diagnostic] {
        if inventory.postgresql.version >= .v12 { return [] }
        return inventory.databaseHosts.prefix(1).compactMap { host in
            let senders = effective("max_wal_senders", on: host)
            let connections = effective("max_connections", on: host)
            let most = connections.map { number($0.setting) ?? .max } ?? 100
            let wanted = senders.map { number($0.setting) ?? 0 } ?? 20
            if wanted < most { return nil }
            return .error(
                "setting.replication",
                "max_wal_senders \(wanted) must be less than max_connections \(most) below PostgreSQL 12",
                at: place(senders?.path ?? "", connections?.path ?? ""), hint: "raise max_connections")
        }
    }

    /// The host's own, else the one for all hosts.
    private func effective(_ name: String, on host: InventoryHost) -> Declared? {
        if let own = host.settings.last(where: { $0.name == name }) {
            return Declared(setting: own, path: "hosts.\(host.name).settings.\(name)")
        }
        return inventory.postgresql.settings.last { $0.name == name }.map {
            Declared(setting: $0, path: "postgresql.settings.\(name)")
        }
    }

    // MARK: The hot-standby rule

    /// The settings that on a standby must not lie below the primary's, with the values that hold when unset.
    ///
    /// - Source: PostgreSQL documentation, "Hot Standby, Administrator's Overview"; max_wal_senders from 12 on.
    private var hotStandbyDefaults: [(name: String, value: Int)] {
        [
            ("max_connections", 100), ("max_worker_processes", 8), ("max_prepared_transactions", 0),
            ("max_locks_per_transaction", 64),
        ] + (inventory.postgresql.version >= .v12 ? [("max_wal_senders", 20)] : [])
    }

    func hotStandbySettings() -> [Diagnostic] {
        let hosts = inventory.databaseHosts
        let candidates = Set(
            inventory.primaryCandidates.map(\.name) + hosts.filter { $0.roles.contains(.primary) }.map(\.name))
        return hotStandbyDefaults.flatMap { setting -> [Diagnostic] in
            let values = hosts.compactMap { host -> (host: String, number: Int, path: String)? in
                guard let item = effective(setting.name, on: host) else { return (host.name, setting.value, "") }
                return number(item.setting).map { (host.name, $0, item.path) }
            }
            // A host that may be primary and has the highest value has no other above it.
            guard let highest = values.filter({ candidates.contains($0.host) }).max(by: { $0.number < $1.number })
            else {
                return []
            }
            return values.filter { $0.number < highest.number }.map { own in
                .error(
                    "topology.hot-standby-setting",
                    "\(setting.name) is \(own.number) on \(own.host), below the \(highest.number) of \(highest.host), which may be its primary",
                    at: place(own.path.hasPrefix("hosts.") ? own.path : highest.path, highest.path, own.path),
                    hint:
                        "a standby needs at least the primary's value, or it stops: set it to \(highest.number) on both"
                )
            }
        }
    }
}
