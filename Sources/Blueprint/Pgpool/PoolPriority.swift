import Inventory

extension Design {
    /// A host's `wd_priority`: who has more leads; 0 for one without pgpool-II.
    ///
    /// Each has its own: equal candidates that started within one second turn each other down, and vote again after
    /// five. Who leads is best not where the primary is, or one fault takes both: the host of the born primary comes
    /// after the others, and pools without data before them. A witness comes last, since the clients go through the
    /// leader.
    func poolPriority(of host: InventoryHost) -> Int {
        guard inventory.poolHosts.contains(where: { $0.name == host.name }) else { return 0 }
        if let written = host.pgpool.priority { return written }
        func rank(_ host: InventoryHost) -> Int {
            if !host.roles.contains(.pgpool) { return 0 }
            return host.roles.contains(.primary) ? 1 : host.isDatabase ? 2 : 3
        }
        let order = inventory.poolHosts.enumerated().sorted {
            (rank($0.element), $0.offset) < (rank($1.element), $1.offset)
        }
        return 1 + (order.firstIndex { $0.element.name == host.name } ?? 0)
    }
}
