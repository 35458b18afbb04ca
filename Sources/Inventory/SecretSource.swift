package import Diagnostics

/// Where a secret's value comes from; reading it is left to the command that needs it.
package struct SecretSource: Hashable, Sendable {
    package enum Origin: Hashable, Sendable {
        case environment(String)
        /// Relative to the inventory's folder.
        case file(String)
        case command([String])
        case literal(Secret)
    }

    /// The path of the key in the inventory: `replication.password`, `postgresql.users.app.password`.
    package var label: String
    package var origin: Origin
    package var place: SourcePlace?

    package init(label: String, origin: Origin, place: SourcePlace? = nil) {
        self.label = label
        self.origin = origin
        self.place = place
    }
}
