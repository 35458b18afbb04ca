import Diagnostics

/// The rules across keys: what is well written and yet cannot be.
struct InventoryRules {
    let inventory: Inventory
    let unreadable: Set<String>

    init(_ inventory: Inventory, unreadable: Set<String>) {
        self.inventory = inventory
        self.unreadable = unreadable
    }

    func problems() -> [Diagnostic] {
        topologyIsReadable ? topology() : []
    }

    /// Whether who follows whom could be read of every host.
    private var topologyIsReadable: Bool {
        let keys = [".roles", ".upstream", ".replication", ".state"]
        return !unreadable.contains { path in
            guard path.hasPrefix("hosts") else { return false }
            let parts = path.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
            return parts.count < 3 || keys.contains { ".\(parts[2])".hasPrefix($0) }
        }
    }

    /// The place of the first of these paths that was written.
    func place(_ paths: String...) -> SourcePlace? {
        paths.lazy.compactMap { inventory.places[$0] }.first
    }
}
