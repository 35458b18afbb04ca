package import Diagnostics

/// A libpq connection string: `host=198.18.0.11 port=5432 application_name='db 2'`.
///
/// Keywords keep their order; of a keyword given twice the last one counts.
/// - Source: PostgreSQL documentation, "Keyword/Value Connection Strings".
package struct Conninfo: Hashable, Sendable {
    package struct Pair: Hashable, Sendable {
        package var keyword: String
        package var value: String

        package init(_ keyword: String, _ value: String) {
            self.keyword = keyword
            self.value = value
        }
    }

    package var pairs: [Pair]

    package init(_ pairs: [Pair] = []) {
        self.pairs = pairs
    }

    /// The value that counts.
    package subscript(keyword: String) -> String? {
        pairs.last { $0.keyword == keyword }?.value
    }

    /// Whether both say the same, in whatever order and quoting.
    package func isEquivalent(to other: Conninfo) -> Bool {
        effective == other.effective
    }

    private var effective: [String: String] {
        Dictionary(pairs.map { ($0.keyword, $0.value) }, uniquingKeysWith: { $1 })
    }

    /// The string as libpq reads it.
    ///
    /// - Throws: `Diagnostic` `conninfo.syntax` for a keyword that is no word, `value.nul`.
    package func text() throws(Diagnostic) -> String {
        var words: [String] = []
        for pair in pairs {
            let isWord = !pair.keyword.isEmpty && pair.keyword.utf8.allSatisfy { ASCII.isLetter($0) || $0 == 0x5F }
            guard isWord else {
                throw .error("conninfo.syntax", "\"\(pair.keyword)\" is no keyword of a connection string")
            }
            words.append("\(pair.keyword)=\(try Quoting.conninfo(pair.value))")
        }
        return words.joined(separator: " ")
    }

    /// Reads a keyword/value string.
    ///
    /// - Throws: `Diagnostic` `conninfo.syntax` where libpq would not understand it, and for a `postgresql://` URI.
    package init(parsing text: String) throws(Diagnostic) {
        if text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") {
            throw .error(
                "conninfo.syntax", "the connection string is a URI",
                hint: "write it as keywords and values: host=… port=… user=…")
        }
        var scanner = ConninfoScanner(text)
        var pairs: [Pair] = []
        while let pair = try scanner.next() { pairs.append(pair) }
        self.pairs = pairs
    }
}

private struct ConninfoScanner {
    private var rest: ArraySlice<UInt8>

    init(_ text: String) {
        rest = Array(text.utf8)[...]
    }

    mutating func next() throws(Diagnostic) -> Conninfo.Pair? {
        skipSpace()
        if rest.isEmpty { return nil }
        let word = rest.prefix { $0 != ASCII.equals && !ASCII.isSpace($0) }
        rest = rest.dropFirst(word.count)
        let keyword = String(decoding: word, as: UTF8.self)
        skipSpace()
        guard rest.first == ASCII.equals else {
            throw .error("conninfo.syntax", "\"=\" is missing after \"\(keyword)\" in the connection string")
        }
        if keyword.isEmpty {
            throw .error("conninfo.syntax", "a keyword is missing before \"=\" in the connection string")
        }
        rest = rest.dropFirst()
        skipSpace()
        return Conninfo.Pair(keyword, try value(of: keyword))
    }

    private mutating func value(of keyword: String) throws(Diagnostic) -> String {
        let isQuoted = rest.first == ASCII.quote
        if isQuoted { rest = rest.dropFirst() }
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case ASCII.backslash:
                if let escaped = rest.popFirst() { value.append(escaped) }
            case ASCII.quote where isQuoted:
                return String(decoding: value, as: UTF8.self)
            case _ where !isQuoted && ASCII.isSpace(byte):
                return String(decoding: value, as: UTF8.self)
            default:
                value.append(byte)
            }
        }
        if isQuoted {
            throw .error("conninfo.syntax", "the quoted value of \"\(keyword)\" in the connection string has no end")
        }
        return String(decoding: value, as: UTF8.self)
    }

    private mutating func skipSpace() {
        rest = rest.drop(while: ASCII.isSpace)
    }
}
