import YAML

/// Words of YAML, quoted where they would mean something else.
enum InventoryText {
    /// Text that stays text, in a block or between braces.
    static func text(_ value: String) -> String {
        isWord(value) ? value : quoted(value)
    }

    /// A setting's value: numbers too stand as they are.
    static func setting(_ value: String) -> String {
        isWord(value) || isNumber(value) ? value : quoted(value)
    }

    static func list(_ values: [String]) -> String {
        "[\(values.map(text).joined(separator: ", "))]"
    }

    /// `{name: app, owner: app}`
    static func mapping(_ pairs: [(key: String, value: String)]) -> String {
        "{\(pairs.map { "\($0.key): \($0.value)" }.joined(separator: ", "))}"
    }

    /// In one line, whatever it holds.
    static func comment(_ text: String) -> String {
        "# " + String(text.map { $0.isNewline ? " " : $0 })
    }

    /// Nothing that YAML gives a meaning to, and no word that a reader may take for another type.
    private static func isWord(_ value: String) -> Bool {
        isPlain(value) && YAMLScalar(text: value, style: .plain).meaning == .text
            && !["yes", "no", "y", "n"].contains(value.lowercased())
    }

    private static func isNumber(_ value: String) -> Bool {
        switch YAMLScalar(text: value, style: .plain).meaning {
        case .integer, .number: isPlain(value.hasPrefix("-") ? String(value.dropFirst()) : value)
        default: false
        }
    }

    private static func isPlain(_ value: String) -> Bool {
        guard let first = value.utf8.first, isLetterOrDigit(first) || first == UInt8(ascii: "/") else { return false }
        return value.utf8.allSatisfy { isLetterOrDigit($0) || "_-./".utf8.contains($0) }
    }

    private static func quoted(_ value: String) -> String {
        if value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) {
            return "'" + value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        }
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                text += "\\x" + String(scalar.value + 0x100, radix: 16).dropFirst()
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
    }
}
