/// A line of a user's file, ready to be shown with a caret below it.
struct SourceLine: Sendable {
    private let scalars: [Unicode.Scalar]
    /// Code points from 0; what may be a secret in a file that could not be read is found by itself.
    var secrets: [Range<Int>]

    private init(_ scalars: ArraySlice<Unicode.Scalar>) {
        self.scalars = Array(scalars)
        secrets = Self.guessedSecrets(in: self.scalars)
    }

    /// Splits at YAML's line breaks, so that the lines count as libyaml counts them.
    static func lines(of text: String) -> [SourceLine] {
        let scalars = Array(text.unicodeScalars)
        var lines: [SourceLine] = []
        var start = 0
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "\n" where index > 0 && scalars[index - 1] == "\r":
                start = index + 1
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
                lines.append(SourceLine(scalars[start..<index]))
                start = index + 1
            default:
                break
            }
        }
        lines.append(SourceLine(scalars[start...]))
        return lines
    }

    /// The line as terminals show it, and where in it the caret stands, in columns.
    func shown(column: Int, length: Int) -> (text: String, offset: Int, length: Int) {
        let window = self.window(around: column - 1)
        var text = window.lowerBound > 0 ? "…" : ""
        var (offset, width) = (text.count, 0)
        for index in window {
            let (cell, columns) = cell(at: index)
            text += cell
            if index < column - 1 {
                offset += columns
            } else if index < column - 1 + length {
                width += columns
            }
        }
        if window.upperBound < scalars.count { text += "…" }
        return (text, offset, max(1, width))
    }

    /// Of a very long line only the part about the caret is shown.
    private func window(around index: Int) -> Range<Int> {
        if scalars.count <= 200 { return 0..<scalars.count }
        let start = max(0, min(index, scalars.count) - 60)
        return start..<min(scalars.count, start + 160)
    }

    private func cell(at index: Int) -> (String, width: Int) {
        if let secret = secrets.first(where: { $0.contains(index) }) {
            let isFirst = index == secret.lowerBound
            return isFirst ? ("<secret>", 8) : ("", 0)
        }
        let scalar = scalars[index]
        if scalar == "\t" { return ("    ", 4) }
        if Self.isInvisible(scalar) { return ("\u{FFFD}", 1) }
        return (String(scalar), Self.width(of: scalar))
    }

    /// Control characters, and the ones that turn the direction of writing.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// Columns on a terminal.
    ///
    /// - Source: Unicode Standard Annex 11, the blocks that are wide throughout.
    private static func width(of scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF,
            0x20000...0x3FFFD:
            return 2
        default:
            return 1
        }
    }

    // MARK: Secrets in a text that is no YAML

    /// What follows a key that sounds like a secret, up to the end of a flow entry; not the forms that name a source.
    private static func guessedSecrets(in scalars: [Unicode.Scalar]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var keyStart = 0
        for (index, scalar) in scalars.enumerated() {
            if scalar == "{" || scalar == "," || scalar == " " { keyStart = index + 1 }
            guard scalar == ":", soundsSecret(scalars[keyStart..<index]) else { continue }
            if let value = value(after: index, in: scalars) { found.append(value) }
        }
        return found
    }

    private static func soundsSecret(_ key: ArraySlice<Unicode.Scalar>) -> Bool {
        var text = ""
        text.unicodeScalars.append(contentsOf: key)
        return Secret.isNamed(byKey: text)
    }

    private static func value(after colon: Int, in scalars: [Unicode.Scalar]) -> Range<Int>? {
        guard let start = scalars.indices.dropFirst(colon + 1).first(where: { scalars[$0] != " " }) else { return nil }
        let opening = scalars[start]
        if ["{", "|", ">", "#"].contains(opening) { return nil }
        if opening == "\"" || opening == "'" {
            let end = scalars.indices.dropFirst(start + 1).first { scalars[$0] == opening }
            return start..<(end.map { $0 + 1 } ?? scalars.count)
        }
        let end = scalars.indices.dropFirst(start).first { index in
            scalars[index] == "," || scalars[index] == "}" || scalars[index] == "#" && scalars[index - 1] == " "
        }
        return start..<(end ?? scalars.count)
    }
}
