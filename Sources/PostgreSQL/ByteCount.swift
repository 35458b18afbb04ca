/// A size in bytes, written with PostgreSQL's own units: `64MB`, `1GB`.
///
/// - Source: PostgreSQL documentation, "Parameter Names and Values": B, kB, MB, GB, TB; the multiplier is 1024.
package struct ByteCount: Hashable, Sendable, Comparable {
    package var bytes: Int

    package init(bytes: Int) {
        self.bytes = bytes
    }

    package static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
}
