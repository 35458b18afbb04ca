import Blueprint
import Diagnostics
import Inventory
import PostgreSQL
import Resources

/// What stays on the hosts and has no word in an inventory, or none of kumki's.
struct ImportedRemains {
    private(set) var warnings: [Diagnostic] = []

    init(_ cluster: ImportedCluster) {
        noteManagers(cluster)
        noteSlots(cluster)
        noteCatalog(cluster.primaryMember)
    }

    private mutating func noteManagers(_ cluster: ImportedCluster) {
        for member in cluster.members where !member.host.search.managers.isEmpty {
            let names = member.host.search.managers.joined(separator: ", ")
            warnings.append(
                .warning(
                    "import.manager", "\(names) runs on \(member.name) and may undo or forestall what kumki does",
                    hint: "take the cluster out of its hands before `apply`"))
        }
    }

    /// Slots that nobody will use once the standbys have those that kumki makes.
    private mutating func noteSlots(_ cluster: ImportedCluster) {
        let used = Set(cluster.standbys.compactMap(\.slot))
        let hasSlots = !used.isEmpty
        let own = Set(cluster.members.map { InventoryHost(name: $0.name, address: "", roles: []).slotName })
        for member in cluster.members {
            for slot in member.host.live.slots where !(hasSlots && own.contains(slot.name)) {
                if !slot.physical {
                    warn(
                        "import.slot",
                        "\(member.name) has the logical slot \(slot.name): it stays, and no failover takes it along",
                        hint: "make its subscription anew after a failover")
                } else if used.contains(slot.name) {
                    warn(
                        "import.slot",
                        "the slot \(slot.name) on \(member.name) is left over once its standby has kumki's, and holds WAL back",
                        hint: "after `apply`: SELECT pg_drop_replication_slot(\(SQL.literal(slot.name)))")
                } else {
                    warn(
                        "import.slot", "the slot \(slot.name) on \(member.name) is of none of the standbys",
                        hint: "if nobody needs it: SELECT pg_drop_replication_slot(\(SQL.literal(slot.name)))")
                }
            }
        }
    }

    private mutating func noteCatalog(_ primary: ImportedCluster.Member) {
        let catalog = primary.host.catalog
        func counted(_ number: Int, _ one: String, _ many: String) -> String? {
            number == 0 ? nil : "\(number) \(number == 1 ? one : many)"
        }
        let parts = [
            catalog.tablespaces.isEmpty ? nil : "the tablespaces \(catalog.tablespaces.joined(separator: ", "))",
            counted(catalog.memberships, "membership of a role in another", "memberships of roles in others"),
            counted(catalog.roleSettings, "setting of a role or database", "settings of roles or databases"),
            counted(catalog.roleLimits, "role with a limit or an end", "roles with a limit or an end"),
        ].compactMap { $0 }
        if parts.isEmpty { return }
        warn(
            "import.no-word", "an inventory has no word for \(parts.joined(separator: ", ")): they stay as they are",
            hint: "keep the statements that made them: a cluster born anew from the inventory lacks them")
        if catalog.tablespaces.isEmpty { return }
        warn(
            "import.no-word", "a standby that is copied anew puts tablespaces where its upstream has them",
            hint: "make the folders of \(catalog.tablespaces.joined(separator: ", ")) on the host before a `rebuild`")
    }

    private mutating func warn(_ code: String, _ message: String, hint: String) {
        warnings.append(.warning(code, message, hint: hint))
    }
}
