package import Diagnostics

/// The rules of a pg_hba.conf, in the order in which the server tries them.
///
/// - Source: PostgreSQL documentation, "The pg_hba.conf File"; compared with `pg_hba_file_rules`.
package struct HBAFile: Hashable, Sendable {
    package enum Entry: Hashable, Sendable {
        case rule(HBALine)
        /// `include`, `include_if_exists` or `include_dir` (from 16), and its path.
        case include(directive: String, path: String)
    }

    package struct Numbered: Hashable, Sendable {
        package var entry: Entry
        /// From 1; the first one where a backslash continues a line.
        package var line: Int
    }

    package var entries: [Numbered]
    /// What could not be read, each with its place; the server refuses the whole file for any of them.
    package var problems: [Diagnostic]

    package var rules: [HBALine] {
        entries.compactMap { if case .rule(let line) = $0.entry { line } else { nil } }
    }

    /// The rules as a file.
    ///
    /// - Throws: `Diagnostic` of the first rule that can't be written.
    package static func text(_ rules: [HBALine]) throws(Diagnostic) -> String {
        var text = ""
        for rule in rules { text += try rule.text() + "\n" }
        return text
    }

    /// Reads the text of the file `name`.
    package init(parsing text: String, name: String = "pg_hba.conf", version: PostgresVersion = .v18) {
        entries = []
        problems = []
        for line in Self.lines(text, continued: version >= .v14) {
            let fields = HBATokenizer.fields(line.bytes, version: version)
            if fields.isEmpty { continue }
            do throws(Diagnostic) {
                entries.append(Numbered(entry: try Self.entry(fields, version: version), line: line.number))
            } catch {
                var problem = error
                problem.place = SourcePlace(file: name, line: line.number, column: 1)
                problems.append(problem)
            }
        }
    }

    private static func lines(_ text: String, continued: Bool) -> [(number: Int, bytes: [UInt8])] {
        var lines: [(number: Int, bytes: [UInt8])] = []
        var isOpen = false
        for (index, raw) in text.utf8.split(separator: ASCII.lineFeed, omittingEmptySubsequences: false).enumerated() {
            var bytes = Array(raw)
            while bytes.last == ASCII.carriageReturn { bytes.removeLast() }
            let goesOn = continued && bytes.last == ASCII.backslash
            if goesOn { bytes.removeLast() }
            if isOpen { lines[lines.count - 1].bytes += bytes } else { lines.append((index + 1, bytes)) }
            isOpen = goesOn
        }
        return lines
    }

    private static func entry(_ fields: [[HBALine.Word]], version: PostgresVersion) throws(Diagnostic) -> Entry {
        func one(_ index: Int, _ what: String) throws(Diagnostic) -> HBALine.Word {
            guard index < fields.count else { throw .error("hba.syntax", "the line ends before its \(what)") }
            guard fields[index].count == 1 else { throw .error("hba.syntax", "there can be only one \(what)") }
            return fields[index][0]
        }
        let first = try one(0, "connection type")
        if version >= .v16, first.text == "include" || first.text == "include_if_exists" || first.text == "include_dir"
        {
            return .include(directive: first.text, path: try one(1, "path").text)
        }
        guard let type = HBALine.ConnectionType(rawValue: first.text) else {
            throw .error("hba.type", "\"\(first.text)\" is no connection type", hint: "use local, host or hostssl")
        }
        guard fields.count > 2 else { throw .error("hba.syntax", "the line ends before its user") }
        var line = HBALine(type, databases: fields[1], users: fields[2], method: "")
        var next = 3
        if type != .local {
            let address = try one(next, "address")
            line.address = address
            next += 1
            if NetworkAddress(address.text) != nil {
                line.mask = try one(next, "mask").text
                next += 1
            }
        }
        line.method = try one(next, "authentication method").text
        for word in fields[(next + 1)...].joined() {
            guard let equals = word.text.firstIndex(of: "=") else {
                throw .error("hba.syntax", "\"\(word.text)\" is no option: options are written name=value")
            }
            line.options.append(
                .init(String(word.text[..<equals]), String(word.text[word.text.index(after: equals)...])))
        }
        return .rule(line)
    }
}

/// Words between blanks; words joined by commas are one field.
private struct HBATokenizer {
    private var rest: ArraySlice<UInt8>

    private let version: PostgresVersion

    static func fields(_ line: [UInt8], version: PostgresVersion) -> [[HBALine.Word]] {
        var tokenizer = HBATokenizer(rest: line[...], version: version)
        var fields: [[HBALine.Word]] = []
        while let field = tokenizer.field() { fields.append(field) }
        return fields
    }

    private mutating func field() -> [HBALine.Word]? {
        var words: [HBALine.Word] = []
        var endsWithComma = true
        while endsWithComma {
            guard let word = word(&endsWithComma) else { break }
            words.append(word)
        }
        return words.isEmpty ? nil : words
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == ASCII.space || byte == ASCII.tab || byte == ASCII.carriageReturn
    }

    /// Nil at the end of the line, and at a comment.
    private mutating func word(_ endsWithComma: inout Bool) -> HBALine.Word? {
        endsWithComma = false
        rest = rest.drop { Self.isBlank($0) || $0 == ASCII.comma }
        var text: [UInt8] = []
        var isInside = false
        var wasQuote = false
        var isQuoted = false
        while let byte = rest.first, isInside || !Self.isBlank(byte) {
            if !isInside, byte == ASCII.hash {
                rest = []
                break
            }
            rest = rest.dropFirst()
            if !isInside, byte == ASCII.comma {
                endsWithComma = true
                break
            }
            if byte != ASCII.doubleQuote || wasQuote { text.append(byte) }
            wasQuote = isInside && byte == ASCII.doubleQuote ? !wasQuote : false
            if byte == ASCII.doubleQuote {
                isInside.toggle()
                if text.isEmpty { isQuoted = true }
            }
        }
        if text.isEmpty, !isQuoted { return nil }
        // A slash makes a regular expression, quoted or not.
        let isExpression = version >= .v16 && text.first == UInt8(ascii: "/")
        return HBALine.Word(String(decoding: text, as: UTF8.self), isQuoted: isQuoted && !isExpression)
    }
}
