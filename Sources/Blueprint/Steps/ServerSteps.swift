import Diagnostics
import Inventory
import PostgreSQL
import Resources
import Templates

/// How a server comes to be, starts, and replicates.
enum ServerSteps {
    static func initdb(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        guard design.isNew(host) else { return [] }
        let options = design.inventory.postgresql.initdb
        return [
            Initdb(
                location: design.location, encoding: options.encoding, locale: options.locale,
                dataChecksums: options.dataChecksums, walDirectory: design.inventory.postgresql.walDirectory)
        ]
    }

    static func basebackup(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        let isRebuilt = design.operation.rebuild != nil && design.isNamed(host)
        guard design.isNew(host) || (isRebuilt && design.isReplaced(host)), let upstream = design.upstream(of: host)
        else { return [] }
        let connection = try UpstreamConnection(design, host, upstream: upstream)
        return [
            BaseBackup(
                location: design.location, upstream: upstream.name, connection: connection.copying,
                slot: connection.slot,
                walDirectory: design.inventory.postgresql.walDirectory,
                standbyFile: try design.standbyFile(of: host, connection), isRebuild: isRebuilt,
                maxRate: isRebuilt ? design.operation.rebuild?.maxRate : nil)
        ]
    }

    static func standbyFile(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        guard let upstream = design.upstream(of: host) else { return [] }
        if design.version >= .v12 { return [StandbySignal(location: design.location)] }
        let connection = try UpstreamConnection(design, host, upstream: upstream)
        return [RecoveryFile(content: try design.recoveryConf(host, connection), location: design.location)]
    }

    static func upstreamSettings(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        guard design.version >= .v12, !design.isNew(host) else { return [] }
        return try design.upstreamSettings(of: host).map { name, value in
            LiveSettingInAutoConf(setting: name, value: value, location: design.location)
        }
    }

    static func start(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        var start = ServerStart(location: design.location)
        if design.isStoppedBefore(host) {
            start.isStoppedBefore = true
            start.isStandbyBefore = design.server(of: host)?.live?.inRecovery ?? false
        } else if design.isRunning(host) {
            return []
        }
        start.isCopiedBefore = design.isReplaced(host)
        return [start]
    }

    static func stop(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        if design.isNamed(host), !design.isStoppedBefore(host) { return [] }
        // Both may have been started by hand, past systemd.
        let limit = design.isFormer(host) || design.isNamed(host) ? design.operation.stopLimit : nil
        return [ServerStop(location: design.location, limit: limit)]
    }

    static func reload(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        guard design.isRunning(host), !design.isStoppedBefore(host) else { return [] }
        let hba = try HBARules(design).content()
        return [
            ServerReload(
                desired: try desired(host, design), files: [design.location.hbaFile: SHA256.hexDigest(hba.revealed)],
                location: design.location)
        ]
    }

    static func restart(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        guard design.isRunning(host), !design.isStoppedBefore(host) else { return [] }
        return [ServerRestart(desired: try desired(host, design), location: design.location)]
    }

    static func loweredRestart(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        if try ConfigurationSteps.lowered(host, design).isEmpty { return [] }
        return [
            ServerRestart(
                name: "restart lowered", desired: ServerSettings(design, host).values, location: design.location)
        ]
    }

    /// What the server shall hold once its files are read: postgresql.conf and what lies in postgresql.auto.conf.
    private static func desired(
        _ host: InventoryHost, _ design: Design
    ) throws(Problems) -> [String: String] {
        var values = ConfigurationSteps.settings(host, design).values
        if design.version >= .v12 {
            for (name, value) in try design.upstreamSettings(of: host) { values[name] = value ?? "" }
        }
        return values
    }

    static func streaming(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        guard let upstream = design.upstream(of: host) else { return [] }
        return [
            Streaming(upstream: upstream.name, upstreamAddress: upstream.address, location: design.location)
        ]
    }

    static func slots(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        // A former primary that is down already gets its slots once it has come back.
        if design.isFormer(host), !design.isRunning(host) { return [] }
        return design.topology.children(of: host.name).compactMap { design.inventory.host($0) }
            .map { Slot(slot: $0.slotName, location: design.location, isRemade: design.losesSlots(host)) }
    }

    static func synchronous(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        [
            SynchronousNames(
                value: design.synchronousStandbyNames, standbys: design.topology.synchronousHosts,
                confirm: design.inventory.replication.confirm, location: design.location)
        ]
    }

    static func synchronousReload(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        [
            ServerReload(
                name: "reload synchronous_standby_names",
                desired: ["synchronous_standby_names": design.synchronousStandbyNames ?? ""], isNarrow: true,
                location: design.location)
        ]
    }
}

extension Design {
    func upstream(of host: InventoryHost) -> InventoryHost? {
        topology.upstream(of: host.name).flatMap { inventory.host($0) }
    }

    /// Nil where nobody confirms commits.
    var synchronousStandbyNames: String? {
        topology.synchronousStandbyNames.isEmpty ? nil : topology.synchronousStandbyNames
    }

    /// primary_conninfo and primary_slot_name; a primary's are left as they are, a later demotion sets them.
    func upstreamSettings(of host: InventoryHost) throws(Problems) -> [(String, String?)] {
        guard let upstream = upstream(of: host) else { return [] }
        let connection = try UpstreamConnection(self, host, upstream: upstream)
        return [("primary_conninfo", connection.conninfo), ("primary_slot_name", connection.slot)]
    }

    /// postgresql.auto.conf as it is when a standby is born; the names of those who confirm come once they stream.
    func autoConf(for host: InventoryHost) throws(Problems) -> Content {
        let settings = try upstreamSettings(of: host).compactMap { name, value in value.map { (name, $0) } }
        let models: [TemplateModel] = settings.map { ["name": .verbatim($0.0), "value": .text($0.1)] }
        return try render("postgresql/postgresql.auto.conf", ["settings": .list(models)], format: .postgresqlConf)
    }

    /// What a data directory needs to be a standby's: postgresql.auto.conf's part, or recovery.conf before 12.
    func standbyFile(of host: InventoryHost, _ connection: UpstreamConnection) throws(Problems) -> Content {
        version < .v12 ? try recoveryConf(host, connection) : try autoConf(for: host)
    }

    /// - Parameter connection: nil makes a standby that follows nobody.
    func recoveryConf(
        _ host: InventoryHost, _ connection: UpstreamConnection?, hasSlot: Bool = true
    ) throws(Problems) -> Content {
        var settings = [("standby_mode", "on")]
        if let connection { settings.append(("primary_conninfo", connection.conninfo)) }
        settings.append(("recovery_target_timeline", "latest"))
        if hasSlot, let slot = connection?.slot { settings.append(("primary_slot_name", slot)) }
        if let archive = inventory.replication.archive, archive.shared {
            settings.append(("restore_command", ArchiveCommands(archive).restore))
        }
        if let delay = host.replication.applyDelay { settings.append(("recovery_min_apply_delay", delay.postgres)) }
        let model: TemplateModel = [
            "cluster": .verbatim(inventory.cluster),
            "settings": .list(settings.map { ["name": .verbatim($0.0), "value": .text($0.1)] }),
        ]
        return try render("postgresql/recovery.conf", model, format: .postgresqlConf)
    }
}
