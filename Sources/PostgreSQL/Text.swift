/// Bytes that the syntaxes of PostgreSQL's files give a meaning to.
enum ASCII {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let quote = UInt8(ascii: "'")
    static let doubleQuote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let equals = UInt8(ascii: "=")
    static let comma = UInt8(ascii: ",")
    static let hash = UInt8(ascii: "#")
    static let colon = UInt8(ascii: ":")

    /// C's `isspace`: blank, tab, line feed, vertical tab, form feed, carriage return.
    static func isSpace(_ byte: UInt8) -> Bool { byte == space || (9...13).contains(byte) }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }

    static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 32 : byte }
}

extension StringProtocol {
    /// Without blanks, tabs and line ends at both ends.
    var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }
}

extension String {
    /// Works on Unicode scalars: as a `Character`, a quote and a combining accent after it would not be a quote.
    func escaping(_ mark: Unicode.Scalar, as replacement: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalar == mark {
                result.append(contentsOf: replacement.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    func doubling(_ mark: Unicode.Scalar) -> String {
        escaping(mark, as: String(String.UnicodeScalarView([mark, mark])))
    }

    /// ASCII letters only, as the server folds the names of settings.
    var asciiLowercased: String {
        String(decoding: utf8.map(ASCII.lowercased), as: UTF8.self)
    }
}
