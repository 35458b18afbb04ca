/// Prepares a password as PostgreSQL and libpq do before SCRAM.
///
/// Swift's standard library has no public NFKC and `FoundationEssentials` none either, so decompositions come from
/// ``SASLprepTables``; combining classes and ages of characters are the standard library's.
/// - Source: RFC 4013 and RFC 3454; PostgreSQL documentation, "SASL Authentication".
enum SASLprep {
    /// The prepared password; as PostgreSQL does, the password itself where SASLprep refuses it.
    ///
    /// ASCII, control characters included, is left alone.
    static func prepared(_ password: String) -> String {
        if password.utf8.allSatisfy({ $0 < 0x80 }) { return password }
        let mapped = password.unicodeScalars.compactMap(mapped)
        let output = Normalization.nfkc(mapped)
        guard !mapped.isEmpty, !output.contains(where: isProhibited), isBidirectionalTextSound(output) else {
            return password
        }
        return String(String.UnicodeScalarView(output))
    }

    /// RFC 4013, 2.1: other blanks become a blank, some characters nothing.
    private static func mapped(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0xA0, 0x1680, 0x2000...0x200B, 0x202F, 0x205F, 0x3000: " "
        case 0xAD, 0x34F, 0x1806, 0x180B...0x180D, 0x200C...0x200D, 0x2060, 0xFE00...0xFE0F, 0xFEFF: nil
        default: scalar
        }
    }

    /// RFC 4013, 2.3, and what Unicode 3.2 did not assign, RFC 3454, table A.1.
    private static func isProhibited(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xA0, 0x1680, 0x2000...0x200F, 0x2028...0x202F, 0x205F...0x2063, 0x206A...0x206F, 0x3000: true
        case 0x00...0x1F, 0x7F...0x9F, 0x340...0x341, 0x6DD, 0x70F, 0x180E, 0xFEFF, 0xFFF9...0xFFFD: true
        case 0x2FF0...0x2FFB, 0x1D173...0x1D17A, 0xE0001, 0xE0020...0xE007F: true
        default: isPrivateOrUnassigned(scalar.properties)
        }
    }

    private static func isPrivateOrUnassigned(_ properties: Unicode.Scalar.Properties) -> Bool {
        if properties.generalCategory == .privateUse || properties.isNoncharacterCodePoint { return true }
        guard let age = properties.age else { return true }
        return (age.major, age.minor) > (3, 2)
    }

    /// RFC 3454, 6: text from right to left has none from left to right in it, and begins and ends as such.
    private static func isBidirectionalTextSound(_ scalars: [Unicode.Scalar]) -> Bool {
        guard scalars.contains(where: rightToLeft.contains) else { return true }
        guard let first = scalars.first, let last = scalars.last else { return true }
        return !scalars.contains(where: leftToRight.contains) && rightToLeft.contains(first)
            && rightToLeft.contains(last)
    }

    private static let rightToLeft = ScalarRanges(SASLprepTables.rightToLeft)
    private static let leftToRight = ScalarRanges(SASLprepTables.leftToRight)
}

/// Ranges of code points, in order.
private struct ScalarRanges {
    private let ranges: [ClosedRange<UInt32>]

    init(_ records: String) {
        var ranges: [ClosedRange<UInt32>] = []
        var last: UInt32 = 0
        for record in records.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            let numbers = record.split(separator: "-").compactMap { UInt32($0, radix: 36) }
            guard let gap = numbers.first else { continue }
            let first = last + gap
            last = first + (numbers.count > 1 ? numbers[1] : 0)
            ranges.append(first...last)
        }
        self.ranges = ranges
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) }
    }
}
