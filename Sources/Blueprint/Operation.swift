package import PostgreSQL

/// What an operation is about beside the inventory and the live primary.
package struct Operation: Hashable, Sendable {
    /// How a host's data directory is made anew.
    package struct Rebuild: Hashable, Sendable {
        /// Whether the old data goes before the new comes.
        package var isInPlace: Bool
        /// Whether it goes once the new copy streams.
        package var discardsOld: Bool
        /// Bytes a second, 32 kB to 1 GB; nil without a limit.
        package var maxRate: ByteCount?

        package init(isInPlace: Bool = false, discardsOld: Bool = false, maxRate: ByteCount? = nil) {
            self.isInPlace = isInPlace
            self.discardsOld = discardsOld
            self.maxRate = maxRate
        }
    }

    /// The host that is primary until the operation makes another one so.
    package var former: String?
    /// How long a clean stop of the former primary may take.
    package var stopLimit: Duration
    /// The host that the command names: it comes back as a standby.
    package var named: String?
    /// Nil when it is to be rewound.
    package var rebuild: Rebuild?

    package init(
        former: String? = nil, stopLimit: Duration = .seconds(300), named: String? = nil, rebuild: Rebuild? = nil
    ) {
        self.former = former
        self.stopLimit = stopLimit
        self.named = named
        self.rebuild = rebuild
    }
}
