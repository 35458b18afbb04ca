/// A setting's value as the server understands it, whatever way it was written.
package enum SettingValue: Hashable, Sendable {
    case bool(Bool)
    /// In the setting's own unit.
    case integer(Int)
    /// In the setting's own unit; equal when the server prints them alike.
    case real(SixDigits)
    /// Also one of an enumeration's words, as the server spells it.
    case text(String)

    /// A number as C's `%g` keeps it, which is all that `pg_settings` tells of one.
    package struct SixDigits: Hashable, Sendable {
        package let value: Double
        private let digits: Int
        private let exponent: Int

        package init(_ value: Double) {
            self.value = value
            guard value.isFinite, value != 0 else {
                digits = 0
                exponent = value == 0 ? 0 : value > 0 ? .max : .min
                return
            }
            // The shortest exact decimal: "-1.2345678e-05" has all digits that matter.
            var (digits, exponent) = Self.decimal(value)
            var divisor = 1
            while abs(digits) / divisor >= 1_000_000 {
                divisor *= 10
                exponent += 1
            }
            digits = Int((Double(digits) / Double(divisor)).rounded(.toNearestOrEven))
            while digits % 10 == 0 {
                digits /= 10
                exponent += 1
            }
            self.digits = digits
            self.exponent = exponent
        }

        /// `digits` times ten to the `exponent`.
        private static func decimal(_ value: Double) -> (digits: Int, exponent: Int) {
            let parts = "\(value)".split(separator: "e")
            let mantissa = parts[0].split(separator: ".")
            let fraction = mantissa.count > 1 && mantissa[1] != "0" ? mantissa[1] : ""
            let power = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
            return (Int(mantissa[0] + fraction) ?? 0, power - fraction.utf8.count)
        }

        package static func == (left: SixDigits, right: SixDigits) -> Bool {
            left.digits == right.digits && left.exponent == right.exponent
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(digits)
            hasher.combine(exponent)
        }
    }
}

extension SettingValue {
    /// Whether the server takes a text for true; pgpool-II reads its own in the same way.
    package static func isTrue(_ text: String) -> Bool { Reader.bool(text) == true }

    /// Reads numbers as the server does.
    ///
    /// From 12 on an integer may have a fraction and is rounded; before, it may not.
    struct Reader {
        let version: PostgresVersion
        let unit: SettingUnit?

        /// A word that no other could be: `t`, `of`, `1`; in either case.
        static func bool(_ text: String) -> Bool? {
            let word = text.asciiLowercased
            func abbreviates(_ whole: String, from least: Int) -> Bool {
                word.utf8.count >= least && whole.hasPrefix(word)
            }
            if abbreviates("true", from: 1) || abbreviates("yes", from: 1) || word == "on" || word == "1" {
                return true
            }
            if abbreviates("false", from: 1) || abbreviates("no", from: 1) || abbreviates("off", from: 2) || word == "0"
            {
                return false
            }
            return nil
        }

        func integer(_ text: String) -> SettingValue? {
            guard let number = number(text, isInteger: true) else { return nil }
            let whole = version >= .v12 ? number.rounded(.toNearestOrEven) : number.rounded(.towardZero)
            return Int(exactly: whole).map(SettingValue.integer)
        }

        func real(_ text: String) -> SettingValue? {
            // Below 12 real settings have no unit.
            number(text, isInteger: false).map { .real(SixDigits($0)) }
        }

        private func number(_ text: String, isInteger: Bool) -> Double? {
            var bytes = Array(text.utf8).drop(while: ASCII.isSpace)
            guard let (number, end) = leadingNumber(bytes, isInteger: isInteger) else { return nil }
            bytes = bytes[end...].drop(while: ASCII.isSpace)
            while bytes.last.map(ASCII.isSpace) == true { bytes.removeLast() }
            if bytes.isEmpty { return number }
            let name = String(decoding: bytes, as: UTF8.self)
            guard let accepted = unit?.accepted(version: version),
                let index = accepted.firstIndex(where: { $0.name == name })
            else { return nil }
            let value = number * accepted[index].factor
            // A fraction is kept to whole ones of the next smaller unit: 30.1GB is a whole number of MB.
            guard version >= .v12, index + 1 < accepted.count else { return value }
            let smaller = accepted[index + 1].factor
            return (value / smaller).rounded(.toNearestOrEven) * smaller
        }

        /// C's `strtol` of any base for an integer, `strtod` for a fraction.
        private func leadingNumber(_ bytes: ArraySlice<UInt8>, isInteger: Bool) -> (value: Double, end: Int)? {
            var index = bytes.startIndex
            func byte(_ at: Int) -> UInt8 { at < bytes.endIndex ? bytes[at] : 0 }
            func skipDigits() { while ASCII.isDigit(byte(index)) { index += 1 } }
            let isNegative = byte(index) == UInt8(ascii: "-")
            if isNegative || byte(index) == UInt8(ascii: "+") { index += 1 }
            let first = index
            if byte(index) == UInt8(ascii: "0"), byte(index + 1) | 0x20 == UInt8(ascii: "x"),
                HexDigits.isDigit(byte(index + 2))
            {
                index += 2
                var value = 0.0
                while HexDigits.isDigit(byte(index)) {
                    let digit = byte(index)
                    value = value * 16 + Double(digit <= 0x39 ? digit - 0x30 : (digit | 0x20) - 0x61 + 10)
                    index += 1
                }
                return (isNegative ? -value : value, index)
            }
            skipDigits()
            let whole = first..<index
            if !isInteger || version >= .v12 {
                if byte(index) == UInt8(ascii: "."), !whole.isEmpty || ASCII.isDigit(byte(index + 1)) {
                    index += 1
                    skipDigits()
                }
                if index > first, byte(index) | 0x20 == UInt8(ascii: "e") {
                    let sign = byte(index + 1) == UInt8(ascii: "-") || byte(index + 1) == UInt8(ascii: "+") ? 1 : 0
                    if ASCII.isDigit(byte(index + 1 + sign)) {
                        index += 1 + sign
                        skipDigits()
                    }
                }
            }
            guard index > first else { return nil }
            let digits = String(decoding: bytes[first..<index], as: UTF8.self)
            // A leading zero means octal, as long as there is no fraction.
            let isOctal = isInteger && byte(first) == UInt8(ascii: "0") && index == whole.upperBound
            guard let value = isOctal ? Int(digits, radix: 8).map(Double.init) : Double(digits) else { return nil }
            return (isNegative ? -value : value, index)
        }
    }
}
