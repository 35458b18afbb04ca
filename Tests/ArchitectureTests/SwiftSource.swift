/// A Swift file, taken apart just as far as the house rules need it.
struct SwiftSource: Sendable, CustomStringConvertible {
    let file: Repository.File
    /// The text with a blank for each byte of a comment or of what stands between quotes; line breaks stay.
    let code: [UInt8]
    let lines: [String]
    /// Each literal's text by the position of its first byte within the quotes; interpolations are left out.
    let literals: [(position: Int, text: String)]

    var description: String { file.path }

    init(_ file: Repository.File) {
        self.file = file
        var scanner = Scanner(file.text)
        scanner.scan()
        code = scanner.code
        lines = code.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        literals = scanner.literals
    }

    /// An `import` of the file.
    struct Import: Sendable {
        let module: String
        let line: Int
        /// Whether the file's own `package` or `public` declarations may show the module's types.
        let isShown: Bool
    }

    var imports: [Import] {
        lines.enumerated().compactMap { index, line in
            guard line.utf8.count < 120, line.contains("import ") else { return nil }
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

    /// `path:line` of every line of code with a sign and a pattern around it; the sign alone is sought first.
    func places(of sign: Character, within pattern: Regex<Substring>) -> [String] {
        lines.enumerated().filter { $1.contains(sign) && $1.contains(pattern) }
            .map { "\(file.path):\($0.offset + 1)" }
    }
}

/// Tells code from comments, regular expressions and string literals, raw, multi-line and interpolated ones too.
private struct Scanner {
    private let text: [UInt8]
    private var position = 0
    var code: [UInt8] = []
    var literals: [(position: Int, text: String)] = []

    init(_ text: String) {
        self.text = Array(text.utf8)
        code.reserveCapacity(self.text.count)
    }

    mutating func scan() { scanCode(endsAtParenthesis: false) }

    private mutating func scanCode(endsAtParenthesis: Bool) {
        var depth = 0
        while position < text.count {
            switch text[position] {
            case Ascii.slash where isNext(Ascii.slash):
                while position < text.count, text[position] != Ascii.newline { blank() }
            case Ascii.slash where isNext(Ascii.star): scanComment()
            case Ascii.slash where isPattern: scanPattern()
            case Ascii.hash, Ascii.quote:
                if let hashes = quoteAhead() { scanLiteral(hashes: hashes) } else { keep() }
            case Ascii.open:
                depth += 1
                keep()
            case Ascii.close:
                if depth == 0, endsAtParenthesis { return keep() }
                depth -= 1
                keep()
            default: keep()
            }
        }
    }

    private mutating func scanComment() {
        var depth = 0
        repeat {
            if text[position] == Ascii.slash, isNext(Ascii.star) {
                depth += 1
                blank(2)
            } else if text[position] == Ascii.star, isNext(Ascii.slash) {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && position < text.count
    }

    /// Whether the slash ahead begins a regular expression: it stands where a value does.
    private var isPattern: Bool {
        guard position + 1 < text.count, !" \n".utf8.contains(text[position + 1]) else { return false }
        let before = code.last { $0 != Ascii.space && $0 != Ascii.newline }
        return before.map { "(,=:[{".utf8.contains($0) } ?? true
    }

    private mutating func scanPattern() {
        keep()
        while position < text.count, text[position] != Ascii.slash, text[position] != Ascii.newline {
            blank(text[position] == Ascii.backslash ? 2 : 1)
        }
        keep()
    }

    private mutating func scanLiteral(hashes: Int) {
        keep(hashes)
        let isLong = starts(with: "\"\"\"")
        let end = (isLong ? "\"\"\"" : "\"") + String(repeating: "#", count: hashes)
        let escape = "\\" + String(repeating: "#", count: hashes)
        keep(isLong ? 3 : 1)
        let start = position
        var literal: [UInt8] = []
        while position < text.count, !(text[position] == Ascii.quote && starts(with: end)) {
            if text[position] == Ascii.backslash, starts(with: escape + "(") {
                blank(hashes + 1)
                keep()
                scanCode(endsAtParenthesis: true)
            } else if text[position] == Ascii.backslash, starts(with: escape) {
                literal += text[position..<min(position + hashes + 2, text.count)]
                blank(hashes + 2)
            } else if !isLong, text[position] == Ascii.newline {
                return
            } else {
                literal.append(text[position])
                blank()
            }
        }
        keep(end.utf8.count)
        literals.append((start, String(decoding: literal, as: UTF8.self)))
    }

    /// How many `#` stand before the quotes ahead; nil when there is no literal.
    private func quoteAhead() -> Int? {
        var ahead = position
        while ahead < text.count, text[ahead] == Ascii.hash { ahead += 1 }
        return ahead < text.count && text[ahead] == Ascii.quote ? ahead - position : nil
    }

    private func isNext(_ byte: UInt8) -> Bool { position + 1 < text.count && text[position + 1] == byte }

    private func starts(with word: String) -> Bool { text[position...].starts(with: word.utf8) }

    private mutating func keep(_ count: Int = 1) {
        for _ in 0..<count where position < text.count {
            code.append(text[position])
            position += 1
        }
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where position < text.count {
            code.append(text[position] == Ascii.newline ? Ascii.newline : Ascii.space)
            position += 1
        }
    }
}

private enum Ascii {
    static let slash = UInt8(ascii: "/")
    static let star = UInt8(ascii: "*")
    static let hash = UInt8(ascii: "#")
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let open = UInt8(ascii: "(")
    static let close = UInt8(ascii: ")")
    static let space = UInt8(ascii: " ")
    static let newline = UInt8(ascii: "\n")
}
