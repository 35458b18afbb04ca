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
        return [Purged(location: location, cluster: cluster, primary: design.primary)] + blocks
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
    private static func entries(_ host: InventoryHost, _ design: Design) -> [String] {
        var entries = ["block /etc/hosts"]
        guard host.isDatabase else { return entries }
        let location = design.location
        entries += ["server \(location.dataDirectory)", "port \(location.port)", "unit \(location.unit)"]
        entries += StartGuardSteps.files(design).map { "file \($0)" }
        entries += design.topology.children(of: host.name).compactMap { design.inventory.host($0) }
            .map { "slot \($0.slotName)" }
        if host.name == design.primary {
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
        let entries = Record.entries(in: text).map { $0.split(separator: " ", maxSplits: 1).map(String.init) }
        func recorded(_ kind: String) -> [String] {
            entries.filter { $0.count == 2 && $0[0] == kind }.map { $0[1] }
        }
        let slots = Set(design.topology.children(of: host.name).compactMap { design.inventory.host($0)?.slotName })
        let live = Set(facts.server.value?.live?.slots.map(\.name) ?? [])
        let files = StartGuardSteps.files(design)
        return recorded("slot").filter { live.contains($0) && !slots.contains($0) }
            .map { Slot(slot: $0, state: .absent, location: design.location) }
            + recorded("file").filter { !files.contains($0) }.map { LeftoverFile(path: $0) }
    }
}
