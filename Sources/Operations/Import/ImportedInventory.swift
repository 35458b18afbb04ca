package import Diagnostics

/// A hand-made cluster as an inventory: made from what was seen alone, so that the same cluster gives the same text.
package struct ImportedInventory: Sendable {
    package struct Options: Hashable, Sendable {
        /// The cluster's name; nil is the server's `cluster_name` where that can be one, else `imported`.
        package var cluster: String?
        /// Whether users come with their password verifiers.
        package var withVerifiers: Bool

        package init(cluster: String? = nil, withVerifiers: Bool = false) {
            self.cluster = cluster
            self.withVerifiers = withVerifiers
        }
    }

    package let text: String
    /// What the text can't say, and what `apply` would do about it.
    package let warnings: [Diagnostic]

    /// - Throws: `Problems` where no inventory can describe these hosts: `import.*`, `inventory.name`.
    package init(_ hosts: [ImportedHost], options: Options = Options()) throws(Problems) {
        let draft = try InventoryDraft(hosts, options: options)
        text = draft.text
        warnings = draft.warnings
    }
}
