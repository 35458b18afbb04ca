import Inventory
import Resources

/// What a saved plan was computed from: files, settings, roles, timelines, system identifiers; never LSNs.
package struct PlanBasis: Hashable, Sendable, Codable {
    /// The digest of the inventory's text.
    package var inventory: String
    /// One line a host.
    package var hosts: [String: String]
    /// Each change's id and what it would overwrite.
    package var changes: [String: String]

    package init(inventory: String, hosts: [String: String], changes: [String: String]) {
        self.inventory = inventory
        self.hosts = hosts
        self.changes = changes
    }

    /// What no longer holds, in words; empty when the plan is as good as new.
    package func differences(from newer: PlanBasis) -> [String] {
        var words: [String] = []
        if inventory != newer.inventory { words.append("the inventory was edited") }
        for host in Set(hosts.keys).union(newer.hosts.keys).sorted() where hosts[host] != newer.hosts[host] {
            words.append("\(host): was \(hosts[host] ?? "not there"), is \(newer.hosts[host] ?? "not there")")
        }
        for id in Set(changes.keys).union(newer.changes.keys).sorted() where changes[id] != newer.changes[id] {
            if changes[id] == nil {
                words.append("\(id) has come to need a change")
            } else if newer.changes[id] == nil {
                words.append("\(id) needs no change any more")
            } else {
                words.append("\(id) is not what it was")
            }
        }
        return words
    }
}
