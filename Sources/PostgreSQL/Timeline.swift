/// The number of a timeline: 1 at `initdb`, one more (or several) with each promotion.
///
/// The number alone does not identify a line: two standbys that are promoted apart take the same one. Compare
/// ``TimelineHistory`` instead.
/// - Source: PostgreSQL documentation, "Continuous Archiving", "Timelines".
package struct Timeline: Hashable, Sendable {
    package var number: UInt32

    package static let first = Timeline(1)

    package init(_ number: UInt32) {
        self.number = number
    }

    /// The name of the file that tells where this timeline came from: `00000002.history`. Timeline 1 has none.
    package var historyFileName: String {
        HexDigits.text(number, width: 8) + ".history"
    }
}

extension Timeline: LosslessStringConvertible {
    /// Decimal digits above zero; nil for anything else.
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt32(text),
            number > 0
        else { return nil }
        self.number = number
    }

    package var description: String { String(number) }
}

extension Timeline: Comparable {
    package static func < (left: Timeline, right: Timeline) -> Bool { left.number < right.number }
}
