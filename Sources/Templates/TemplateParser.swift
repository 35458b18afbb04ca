import Diagnostics

/// Reads a template's text from front to back.
struct TemplateParser {
    private struct OpenSection {
        var name: TemplateName
        var isInverted: Bool
        var body: [TemplatePiece]
    }

    private let text: [Unicode.Scalar]
    private let file: String
    private var position = 0
    private var line = 1
    private var column = 1

    private var pending = ""
    private var pieces: [TemplatePiece] = []
    private var open: [OpenSection] = []
    private var problems = Problems()

    init(text: String, file: String) {
        self.text = Array(text.unicodeScalars)
        self.file = file
    }

    mutating func parse() throws(Problems) -> [TemplatePiece] {
        while position < text.count {
            if hasOpening(at: position) {
                readTag()
            } else {
                pending.unicodeScalars.append(text[position])
                advance(to: position + 1)
            }
        }
        flush()
        for section in open {
            problems.add(
                .error(
                    "template.syntax", "`\(section.name.text)` is opened and never closed", at: section.name.place,
                    hint: "close it with {{/\(section.name.text)}}"))
        }
        if problems.hasErrors { throw problems }
        return pieces
    }

    private mutating func readTag() {
        let start = position
        guard let end = (start + 2..<text.count).first(where: { hasClosing(at: $0) }) else {
            let place = SourcePlace(file: file, line: line, column: column, length: 2)
            problems.add(.error("template.syntax", "a tag is opened here and never closed", at: place))
            return advance(to: text.count)
        }
        let place = SourcePlace(file: file, line: line, column: column, length: end + 2 - start)
        let inside = text[start + 2..<end]
        let afterTag = end + 2

        guard let sign = inside.first, "#^/!".unicodeScalars.contains(sign) else {
            if let sign = inside.first, "{&>=<$".unicodeScalars.contains(sign) {
                problems.add(unsupported(sign, at: place))
            } else if let name = name(inside, at: place) {
                flush()
                pieces.append(.name(name))
            }
            return advance(to: afterTag)
        }

        let standalone = standaloneEnd(start: start, end: afterTag)
        if standalone != nil { dropIndentation() }
        flush()
        switch sign {
        case "!": break
        case "/": closeSection(inside.dropFirst(), at: place)
        default:
            let name = name(inside.dropFirst(), at: place)
            open.append(
                OpenSection(
                    name: name ?? TemplateName(first: trimmed(inside.dropFirst()), rest: [], place: place),
                    isInverted: sign == "^", body: pieces))
            pieces = []
        }
        advance(to: standalone ?? afterTag)
    }

    private mutating func closeSection(_ inside: ArraySlice<Unicode.Scalar>, at place: SourcePlace) {
        let text = trimmed(inside)
        guard let section = open.popLast() else {
            return problems.add(
                .error("template.syntax", "{{/\(text)}} closes a section that was never opened", at: place))
        }
        if section.name.text != text {
            let opened = "{{\(section.isInverted ? "^" : "#")\(section.name.text)}}"
            problems.add(
                .error(
                    "template.syntax", "{{/\(text)}} stands where \(opened) of line \(section.name.place.line) ends",
                    at: place, hint: "close the inner section first"))
        }
        pieces = section.body + [.section(section.name, isInverted: section.isInverted, body: pieces)]
    }

    private mutating func name(_ inside: ArraySlice<Unicode.Scalar>, at place: SourcePlace) -> TemplateName? {
        let text = trimmed(inside)
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first, parts.allSatisfy(isName) else {
            let problem = text.isEmpty ? "an empty tag" : "`\(text)` is no name"
            problems.add(
                .error(
                    "template.syntax", problem, at: place,
                    hint: "a name is made of letters, digits, `_` and `-`, with dots between names"))
            return nil
        }
        return TemplateName(first: first, rest: Array(parts.dropFirst()), place: place)
    }

    private func isName(_ part: String) -> Bool {
        !part.isEmpty && part.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isIDContinue || $0 == "-") }
    }

    private func unsupported(_ sign: Unicode.Scalar, at place: SourcePlace) -> Diagnostic {
        switch sign {
        case "{", "&":
            .error(
                "template.unsupported", "{{\(sign) is not needed here: nothing is escaped as HTML", at: place,
                hint: "write {{name}}")
        case "=": .error("template.unsupported", "the delimiters {{ and }} can't be changed", at: place)
        default:
            .error(
                "template.unsupported", "one template can't include another ({{\(sign))", at: place,
                hint: "write the text here, or fill a name with it")
        }
    }

    /// Where the text goes on when the tag is all that its lines hold; nil when they hold more.
    private func standaloneEnd(start: Int, end: Int) -> Int? {
        var before = start
        while before > 0, isBlank(text[before - 1]) { before -= 1 }
        guard before == 0 || text[before - 1] == "\n" else { return nil }
        var after = end
        while after < text.count, isBlank(text[after]) { after += 1 }
        if after == text.count || text[after] == "\n" { return min(after + 1, text.count) }
        if text[after] == "\r", after + 1 < text.count, text[after + 1] == "\n" { return after + 2 }
        return nil
    }

    private mutating func dropIndentation() {
        while let last = pending.unicodeScalars.last, isBlank(last) { pending.unicodeScalars.removeLast() }
    }

    private mutating func flush() {
        if pending.isEmpty { return }
        pieces.append(.text(pending))
        pending = ""
    }

    private mutating func advance(to end: Int) {
        for scalar in text[position..<end] {
            if scalar == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        position = end
    }

    private func hasOpening(at index: Int) -> Bool {
        index + 1 < text.count && text[index] == "{" && text[index + 1] == "{"
    }

    private func hasClosing(at index: Int) -> Bool {
        index + 1 < text.count && text[index] == "}" && text[index + 1] == "}"
    }

    private func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

    private func trimmed(_ inside: ArraySlice<Unicode.Scalar>) -> String {
        let start = inside.firstIndex { !$0.properties.isWhitespace } ?? inside.endIndex
        let end = inside.lastIndex { !$0.properties.isWhitespace }.map { $0 + 1 } ?? start
        var result = String.UnicodeScalarView()
        result.append(contentsOf: inside[start..<max(start, end)])
        return String(result)
    }
}
