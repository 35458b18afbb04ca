/// A Swift file, taken apart just as far as the house rules need it.
struct SwiftSource: Sendable, CustomStringConvertible {
    let file: Repository.File
    /// The text with comments and what stands between quotes as blanks; line breaks stay.
    let code: [Character]
    /// Each literal's text by the position of its first character within the quotes; interpolations are left out.
    let literals: [(position: Int, text: String)]

    var description: String { file.path }

    init(_ file: Repository.File) {
        self.file = file
        var scanner = Scanner(file.text)
        scanner.scan()
        code = scanner.code
        literals = scanner.literals
    }

    var lines: [String] { String(code).split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

    /// An `import` of the file.
    struct Import: Sendable {
        let module: String
        let line: Int
        /// Whether the file's own `package` or `public` declarations may show the module's types.
        let isShown: Bool
    }

    var imports: [Import] {
        lines.enumerated().compactMap { index, line in
            let words = line.split { $0 == " " || $0 == "\t" }
            guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count,
                words[..<keyword].allSatisfy({ $0.hasPrefix("@") || $0.allSatisfy(\.isLetter) })
            else { return nil }
            let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
            let name =
                kinds.contains(String(words[keyword + 1]))
                ? words.dropFirst(keyword + 2).first ?? "" : words[keyword + 1]
            return Import(
                module: String(name.prefix { $0 != "." && $0 != ":" }), line: index + 1,
                isShown: words[..<keyword].contains { $0 == "package" || $0 == "public" })
        }
    }

    /// `path:line` of every match of a pattern in the code.
    func places(of pattern: Regex<Substring>) -> [String] {
        lines.enumerated().filter { $1.contains(pattern) }.map { "\(file.path):\($0.offset + 1)" }
    }
}

/// Tells code from comments, regular expressions and string literals, raw, multi-line and interpolated ones too.
private struct Scanner {
    private let text: [Character]
    private var position = 0
    var code: [Character] = []
    var literals: [(position: Int, text: String)] = []

    init(_ text: String) {
        // A CR LF is one Character; apart from that, positions are the file's own.
        self.text = text.map { $0.isNewline ? "\n" : $0 }
    }

    mutating func scan() { scanCode(endsAtParenthesis: false) }

    private mutating func scanCode(endsAtParenthesis: Bool) {
        var depth = 0
        while position < text.count {
            if starts("//") {
                while position < text.count, text[position] != "\n" { blank() }
            } else if starts("/*") {
                scanComment()
            } else if isPattern {
                scanPattern()
            } else if let hashes = quoteAhead() {
                scanLiteral(hashes: hashes)
            } else {
                if text[position] == "(" { depth += 1 }
                if text[position] == ")" {
                    if depth == 0, endsAtParenthesis { return keep() }
                    depth -= 1
                }
                keep()
            }
        }
    }

    private mutating func scanComment() {
        var depth = 0
        repeat {
            if starts("/*") {
                depth += 1
                blank(2)
            } else if starts("*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && position < text.count
    }

    /// Whether the slash ahead begins a regular expression: it stands where a value does.
    private var isPattern: Bool {
        guard starts("/"), position + 1 < text.count, !" /*\n".contains(text[position + 1]) else { return false }
        let before = code.last { $0 != " " && $0 != "\n" }
        return before.map { "(,=:[{".contains($0) } ?? true
    }

    private mutating func scanPattern() {
        keep()
        while position < text.count, text[position] != "/", text[position] != "\n" {
            blank(text[position] == "\\" ? 2 : 1)
        }
        keep()
    }

    private mutating func scanLiteral(hashes: Int) {
        let hash = String(repeating: "#", count: hashes)
        keep(hashes)
        let quotes = starts("\"\"\"") ? "\"\"\"" : "\""
        keep(quotes.count)
        let start = position
        var literal = ""
        while position < text.count, !starts(quotes + hash) {
            if starts("\\\(hash)(") {
                blank(hashes + 1)
                keep()
                scanCode(endsAtParenthesis: true)
            } else if starts("\\\(hash)") {
                literal += String(text[position..<min(position + hashes + 2, text.count)])
                blank(hashes + 2)
            } else if quotes.count == 1, text[position] == "\n" {
                return
            } else {
                literal.append(text[position])
                blank()
            }
        }
        keep(quotes.count + hashes)
        literals.append((start, literal))
    }

    /// How many `#` stand before the quotes ahead; nil when there is no literal.
    private func quoteAhead() -> Int? {
        var ahead = position
        while ahead < text.count, text[ahead] == "#" { ahead += 1 }
        return ahead < text.count && text[ahead] == "\"" ? ahead - position : nil
    }

    private func starts(_ word: String) -> Bool { text[position...].starts(with: word) }

    private mutating func keep(_ count: Int = 1) {
        for _ in 0..<count where position < text.count {
            code.append(text[position])
            position += 1
        }
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where position < text.count {
            code.append(text[position] == "\n" ? "\n" : " ")
            position += 1
        }
    }
}
