import Diagnostics

/// What libyaml says of text that it cannot read, put into words that name the usual cause.
struct SyntaxFault {
    enum Kind {
        case memory, syntax
        case encoding(offset: Int)
    }

    struct Mark {
        /// In code points, from 0.
        var offset: Int
        var line: Int
        var column: Int
    }

    var kind: Kind
    var problem: String
    var mark: Mark
    var context: String?
    var contextMark: Mark

    func diagnostic(text: UnsafeRawBufferPointer, file: String) -> Diagnostic {
        switch kind {
        case .memory:
            return .error(
                "yaml.memory", "not enough memory to read the file", at: SourcePlace(file: file, line: 1, column: 1))
        case .encoding(let offset):
            return encodingFault(text: text, offset: offset, file: file)
        case .syntax:
            return syntaxFault(text: text, file: file)
        }
    }

    /// Reader errors carry a byte offset and no mark: line and column are counted here.
    private func encodingFault(text: UnsafeRawBufferPointer, offset: Int, file: String) -> Diagnostic {
        var (line, column) = (1, 1)
        for byte in text.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                (line, column) = (line + 1, 1)
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        let place = SourcePlace(file: file, line: line, column: column)
        if problem.contains("control characters") {
            return .error(
                "yaml.encoding", "a control character stands in the text", at: place,
                hint: "remove it, or write it as an escape inside double quotes")
        }
        return .error(
            "yaml.encoding", "the file is not valid UTF-8 here", at: place, hint: "save the file as UTF-8")
    }

    private func syntaxFault(text: UnsafeRawBufferPointer, file: String) -> Diagnostic {
        let rest = Self.bytes(of: text, fromLine: mark.line, column: mark.column)
        let atEnd = rest.allSatisfy { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }
        // What was never closed shows at the end of the file; where it was opened is what the user must see.
        let shown = atEnd && context != nil ? contextMark : mark
        var message = problem
        if let context {
            message += " \(context)"
            if contextMark.line != shown.line || contextMark.column != shown.column {
                message += " (it starts at line \(contextMark.line))"
            }
        }
        var hint = Self.hint(problem: problem, next: rest.first)
        if rest.first == UInt8(ascii: "\t") {
            message = "a tab stands where YAML wants spaces"
            hint = "indent with spaces"
        }
        return .error(
            "yaml.syntax", message, at: SourcePlace(file: file, line: shown.line, column: shown.column), hint: hint)
    }

    private static func bytes(of text: UnsafeRawBufferPointer, fromLine line: Int, column: Int) -> ArraySlice<UInt8> {
        var remainingLines = line - 1
        var start = 0
        while remainingLines > 0, start < text.count {
            if text[start] == UInt8(ascii: "\n") { remainingLines -= 1 }
            start += 1
        }
        var remainingColumns = column - 1
        while start < text.count, remainingColumns > 0 || text[start] & 0xC0 == 0x80 {
            if text[start] & 0xC0 != 0x80 { remainingColumns -= 1 }
            start += 1
        }
        return Array(text.dropFirst(start))[...]
    }

    private static func hint(problem: String, next: UInt8?) -> String? {
        switch problem {
        case "mapping values are not allowed in this context":
            return "quote the value when it holds ': ', or check the indentation of this line"
        case "did not find expected key", "did not find expected '-' indicator":
            return "indent this line like its neighbours of the same level"
        case "could not find expected ':'":
            return "write `key: value`, with a space after the colon"
        case "did not find expected ',' or '}'":
            return "close the mapping with } or put a comma between its entries"
        case "did not find expected ',' or ']'":
            return "close the list with ] or put a comma between its entries"
        case "found unexpected ':'":
            return "put a space after the colon"
        case "found unexpected end of stream":
            return "close the quote"
        case "found character that cannot start any token":
            guard let next, next > 0x20, next < 0x7F else { return nil }
            return "put the value in quotes: it may not begin with \(Character(Unicode.Scalar(next)))"
        default:
            return nil
        }
    }
}
