import Inventory
import Pgpool
import Resources

/// The numbers of backends and of the watchdog's nodes. Two pgpool-IIs that mean different servers by one number would
/// tell each other lies, and they restart one after the other: so whoever has a number keeps it.
extension Design {
    /// The backends by their number; nil where one has left.
    var backends: [InventoryHost?] {
        let known = runningPool?.numbered("backend_hostname") ?? [:]
        return kept(known, inventory.backends)
    }

    /// The hosts with pgpool-II by their number in the watchdog, which knows no gaps: those after one that has left
    /// move up.
    var watchdogNodes: [InventoryHost] {
        kept(knownNodes, inventory.poolHosts).compactMap { $0 }
    }

    /// Whether a node that stays gets another number. Those of the old numbers would turn it away.
    var renumbersNodes: Bool {
        let nodes = watchdogNodes.map(\.address)
        return knownNodes.contains { number, address in nodes.firstIndex(of: address).map { $0 != number } ?? false }
    }

    private var knownNodes: [Int: String] { runningPool?.numbered("hostname") ?? [:] }

    /// What a running pgpool-II was started with: the leader's, else any.
    private var runningPool: PgpoolConfiguration? {
        for host in poolOrder.reversed() where !drained.contains(host) {
            let path = PgpoolLocation(inventory, version: nil).startedDirectory + "/pgpool.conf"
            if let text = facts?[host]?.content(path).value { return PgpoolConfiguration(text) }
        }
        return nil
    }

    private func kept(_ known: [Int: String], _ hosts: [InventoryHost]) -> [InventoryHost?] {
        var numbered: [Int: InventoryHost] = [:]
        for host in hosts {
            if let number = known.filter({ $0.value == host.address }).keys.min() { numbered[number] = host }
        }
        for host in hosts where !known.values.contains(host.address) {
            if let free = (0...).first(where: { known[$0] == nil && numbered[$0] == nil }) { numbered[free] = host }
        }
        guard let last = numbered.keys.max() else { return [] }
        return (0...last).map { numbered[$0] }
    }
}
