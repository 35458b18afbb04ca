/// A position in the write-ahead log, written `0/5000060`.
///
/// Bytes since the beginning of the log, 64 bits.
/// - Source: PostgreSQL documentation, "pg_lsn Type".
package struct LSN: Hashable, Sendable {
    package var value: UInt64

    /// PostgreSQL's InvalidXLogRecPtr, `0/0`: "there is no position".
    package static let none = LSN(0)

    package init(_ value: UInt64) {
        self.value = value
    }

    /// How far this position is after another, in bytes; negative when it is before it.
    package func distance(from other: LSN) -> Int {
        value >= other.value ? Int(clamping: value - other.value) : -Int(clamping: other.value - value)
    }
}

extension LSN: LosslessStringConvertible {
    /// Two hexadecimal halves of one to eight digits, in either case; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, let high = HexDigits.value(halves[0]), let low = HexDigits.value(halves[1]) else {
            return nil
        }
        value = UInt64(high) << 32 | UInt64(low)
    }

    package init?(_ text: String) {
        self.init(text[...])
    }

    package var description: String {
        String(value >> 32, radix: 16, uppercase: true) + "/"
            + String(value & 0xFFFF_FFFF, radix: 16, uppercase: true)
    }
}

extension LSN: Comparable {
    package static func < (left: LSN, right: LSN) -> Bool { left.value < right.value }
}

/// One to eight hexadecimal digits and nothing else: no sign, no blanks, as `UInt32(_:radix:)` would also take.
enum HexDigits {
    static func value(_ text: some StringProtocol) -> UInt32? {
        guard (1...8).contains(text.utf8.count), text.utf8.allSatisfy(isDigit) else { return nil }
        return UInt32(text, radix: 16)
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    /// Upper case, filled with zeros from the left.
    static func text(_ value: some UnsignedInteger, width: Int) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
