import Diagnostics
import Inventory
import Resources

/// The record of what is managed on a host.
enum RecordSteps {
    static func opening(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        [Record(stage: .opening, cluster: design.inventory.cluster, entries: entries(host, design))]
    }

    static func closing(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        [
            Record(
                stage: .closing, cluster: design.inventory.cluster,
                entries: entries(host, design) + slotsToDropLater(host, design))
        ]
    }

    /// Where it is asked for, a host that is declared absent keeps nothing; lines of ours in others' files go too.
    static func purged(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        guard design.operation.purges else { return [] }
        let cluster = design.inventory.cluster
        func lines(_ name: String, _ path: String) -> ManagedBlock {
            ManagedBlock(name: name, path: path, cluster: cluster, content: Content())
        }
        let location = design.location
        var blocks = [lines("hosts", "/etc/hosts"), lines(".pgpass", location.passwordFile)]
        if design.inventory.keyExchange == .all {
            blocks += ["authorized_keys", "known_hosts"].map { lines($0, "\(location.home)/.ssh/\($0)") }
        }
        // The record goes last, and says until then what is left.
        return traces(host, design) + [Purged(location: location, cluster: cluster, primary: design.primary)] + blocks
    }

    private static func traces(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        let path = Record.path(cluster: design.inventory.cluster)
        guard case .present(let text)? = design.facts?[host.name]?.content(path) else { return [] }
        let recorded = Set(Record.entries(in: text))
        return PgpoolTraces.entries(host, design).filter { recorded.contains($0) }
            .compactMap { LeftoverSteps.leftover($0, design) }
    }

    /// A server that does not run can't drop a slot, which would then hold back WAL for good: it must not be forgotten.
    private static func slotsToDropLater(_ host: InventoryHost, _ design: Design) -> [String] {
        guard host.isDatabase, let facts = design.facts?[host.name], !facts.server.isAbsent, !design.isRunning(host),
            case .present(let text) = facts.content(Record.path(cluster: design.inventory.cluster))
        else { return [] }
        let wanted = Set(entries(host, design))
        return Record.entries(in: text).filter { $0.hasPrefix("slot ") && !wanted.contains($0) }
    }

    /// What could be left behind when the inventory no longer speaks of it.
    static func entries(_ host: InventoryHost, _ design: Design) -> [String] {
        var entries = ["block /etc/hosts"] + PgpoolTraces.entries(host, design)
        guard host.isDatabase else { return entries }
        let location = design.location
        entries += ["server \(location.dataDirectory)", "port \(location.port)", "unit \(location.unit)"]
        entries += StartGuardSteps.files(design).map { "file \($0)" }
        // An engine moves the primary by itself, and must leave nothing to write.
        let movesAlone = design.inventory.ha.engine != .none
        let others = design.databaseHosts.map(\.name).filter { $0 != host.name }
        let followers = movesAlone ? others : design.topology.children(of: host.name)
        entries += followers.compactMap { design.inventory.host($0) }.map { "slot \($0.slotName)" }
        if movesAlone || host.name == design.primary {
            entries += design.inventory.postgresql.users.map { "role \($0.name)" }
            entries += design.inventory.postgresql.databases.map { "database \($0.name)" }
        }
        return entries
    }
}

/// Things that the record knows and the inventory no longer has.
enum LeftoverSteps {
    static func leftovers(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        guard let facts = design.facts?[host.name] else { return [] }
        let path = Record.path(cluster: design.inventory.cluster)
        guard case .present(let text) = facts.content(path) else { return [] }
        let recorded = Record.entries(in: text)
        let slots = Set(design.topology.children(of: host.name).compactMap { design.inventory.host($0)?.slotName })
        let live = Set(facts.server.value?.live?.slots.map(\.name) ?? [])
        let wanted = Set(RecordSteps.entries(host, design))
        return recorded.compactMap { entry -> (any Resource)? in
            if let slot = entry.rest(after: "slot") {
                // Who follows it now counts, whoever may follow it one day.
                if !live.contains(slot) || slots.contains(slot) { return nil }
                return Slot(slot: slot, state: .absent, location: design.location)
            }
            return wanted.contains(entry) ? nil : leftover(entry, design)
        }
    }

    /// What takes away a file, a service or lines of ours that a record's entry is about.
    static func leftover(_ entry: String, _ design: Design) -> (any Resource)? {
        if let unit = entry.rest(after: "service") { return StoppedService(unit: unit, isRecorded: true) }
        if let path = entry.rest(after: "file") { return LeftoverFile(path: path) }
        func lines(_ path: String, of mark: String) -> ManagedBlock {
            ManagedBlock(name: "leftover lines of \(path)", path: path, cluster: mark, content: Content())
        }
        if let path = entry.rest(after: "block") { return lines(path, of: design.inventory.cluster) }
        return entry.rest(after: "failover-block").map { lines($0, of: PgpoolKeys.use(design).mark) }
    }
}

extension String {
    /// What stands behind the word and a blank; nil where another word stands.
    fileprivate func rest(after word: String) -> String? {
        hasPrefix(word + " ") ? String(dropFirst(word.count + 1)) : nil
    }
}
