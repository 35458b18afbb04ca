/// Prints diagnostics for people: the place, the line with a caret below it, and the hint.
///
/// ```
/// shop.yaml:3:9: error: postgresql.port: expected a port, found the text "x" [inventory.type]
///   3 |   port: x
///     |         ^
///   hint: …
/// ```
package struct DiagnosticPrinter: Sendable {
    private let lines: [String: [SourceLine]]
    private let usesColor: Bool

    /// - Parameters:
    ///   - sources: the text of each file that a place may name; a file that is not there is shown without its line.
    ///   - secretPlaces: what is masked wherever it would be shown.
    package init(sources: [String: [UInt8]] = [:], secretPlaces: [SourcePlace] = [], usesColor: Bool = false) {
        self.usesColor = usesColor
        var lines: [String: [SourceLine]] = [:]
        for (file, bytes) in sources {
            let text = String(
                decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...], as: UTF8.self)
            lines[file] = SourceLine.lines(of: text)
        }
        for place in secretPlaces where lines[place.file]?.indices.contains(place.line - 1) == true {
            lines[place.file]?[place.line - 1].secrets.append(place.column - 1..<place.column - 1 + place.length)
        }
        self.lines = lines
    }

    /// All of them, each as ``text(_:)-(Diagnostic)`` gives it.
    package func text(_ problems: Problems) -> String {
        problems.all.map { text($0) }.joined()
    }

    /// One diagnostic in one to four lines, each ended.
    package func text(_ diagnostic: Diagnostic) -> String {
        var text = ""
        if let place = diagnostic.place {
            text += painted("\(Self.visible(place.file)):\(place.line):\(place.column): ", .bold)
        }
        text += painted("\(diagnostic.severity.rawValue): ", diagnostic.severity == .error ? .red : .yellow)
        text += painted(Self.visible(diagnostic.message), .bold) + " [\(diagnostic.code)]\n"
        if let place = diagnostic.place { text += excerpt(place) }
        if let hint = diagnostic.hint { text += painted("  hint: ", .cyan) + Self.visible(hint) + "\n" }
        return text
    }

    private func excerpt(_ place: SourcePlace) -> String {
        guard let lines = lines[place.file], lines.indices.contains(place.line - 1) else { return "" }
        let shown = lines[place.line - 1].shown(column: place.column, length: place.length)
        let number = String(place.line)
        let gutter = String(repeating: " ", count: number.count)
        let caret = "^" + String(repeating: "~", count: shown.length - 1)
        return "  \(number) | \(shown.text)\n"
            + "  \(gutter) | \(String(repeating: " ", count: shown.offset))\(painted(caret, .green))\n"
    }

    private enum Paint: String {
        case bold = "1"
        case red = "1;31"
        case yellow = "1;33"
        case green = "32"
        case cyan = "36"
    }

    private func painted(_ text: String, _ paint: Paint) -> String {
        usesColor ? "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// A message may quote what a file holds: nothing of it reaches the terminal as a command.
    package static func visible(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if SourceLine.isInvisible(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
