/// What an operation is about beside the inventory and the live primary.
package struct Operation: Hashable, Sendable {
    /// The host that is primary until the operation makes another one so.
    package var former: String?
    /// How long a clean stop of the former primary may take.
    package var stopLimit: Duration

    package init(former: String? = nil, stopLimit: Duration = .seconds(300)) {
        self.former = former
        self.stopLimit = stopLimit
    }
}
