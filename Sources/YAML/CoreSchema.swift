/// What a plain scalar means by the YAML 1.2 core schema; quoted and block scalars are always text.
///
/// - Source: YAML 1.2.2, section 10.3.2.
extension YAMLScalar {
    package enum Meaning: Hashable, Sendable {
        case null
        case boolean(Bool)
        case integer(Int)
        case number(Double)
        case text
        /// Digits after a leading zero: octal for YAML 1.1, decimal for YAML 1.2.
        case ambiguousInteger
        /// An integer that needs more than 64 bits.
        case hugeInteger
    }

    package var isNull: Bool { meaning == .null }

    package var meaning: Meaning {
        if style != .plain { return .text }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .boolean(true)
        case "false", "False", "FALSE": return .boolean(false)
        default: return Self.number(text)
        }
    }

    private static func number(_ text: String) -> Meaning {
        let bytes = Array(text.utf8)
        if bytes.starts(with: [0x30, 0x6F]) { return integer(text.dropFirst(2), radix: 8) }
        if bytes.starts(with: [0x30, 0x78]) { return integer(text.dropFirst(2), radix: 16) }
        let sign = bytes.first == 0x2B || bytes.first == 0x2D ? 1 : 0
        let unsigned = bytes.dropFirst(sign)
        if !unsigned.isEmpty, unsigned.allSatisfy(isDigit) {
            if unsigned.count > 1, unsigned.first == 0x30 { return .ambiguousInteger }
            return Int(text).map { .integer($0) } ?? .hugeInteger
        }
        return float(text, unsigned: unsigned)
    }

    private static func integer(_ digits: Substring, radix: Int) -> Meaning {
        let allowed = digits.utf8.allSatisfy { byte in
            isDigit(byte) && (radix == 16 || byte < 0x38) || radix == 16 && (0x61...0x66).contains(byte | 0x20)
        }
        if digits.isEmpty || !allowed { return .text }
        return Int(digits, radix: radix).map { .integer($0) } ?? .hugeInteger
    }

    private static func float(_ text: String, unsigned: ArraySlice<UInt8>) -> Meaning {
        switch String(decoding: unsigned, as: UTF8.self) {
        case ".inf", ".Inf", ".INF": return .number(text.hasPrefix("-") ? -.infinity : .infinity)
        case ".nan", ".NaN", ".NAN": return unsigned.count == text.utf8.count ? .number(.nan) : .text
        default: break
        }
        var rest = unsigned
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = rest.prefix(while: isDigit)
            rest = rest.dropFirst(fraction.count)
        }
        if whole.isEmpty, fraction.isEmpty { return .text }
        if let exponent = rest.first, exponent | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if let sign = rest.first, sign == 0x2B || sign == 0x2D { rest = rest.dropFirst() }
            let digits = rest.prefix(while: isDigit)
            if digits.isEmpty { return .text }
            rest = rest.dropFirst(digits.count)
        }
        // Swift's own parser wants a digit on both sides of the point, YAML does not.
        guard rest.isEmpty else { return .text }
        let swift = text.hasPrefix("+") ? String(text.dropFirst()) : text
        return Double(swift).map { .number($0) } ?? Double("0" + swift).map { .number($0) } ?? .text
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
