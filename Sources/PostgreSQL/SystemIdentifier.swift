/// What tells one cluster from another: made at `initdb`, the same on a primary and all its standbys.
///
/// A 64-bit number, written in decimal.
package struct SystemIdentifier: Hashable, Sendable {
    package var value: UInt64

    package init(_ value: UInt64) {
        self.value = value
    }
}

extension SystemIdentifier: LosslessStringConvertible {
    /// Decimal digits above zero; nil for anything else.
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = UInt64(text), value > 0
        else { return nil }
        self.value = value
    }

    package var description: String { String(value) }
}
