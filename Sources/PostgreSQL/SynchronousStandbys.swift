package import Diagnostics

/// The value of `synchronous_standby_names`.
///
/// - Source: PostgreSQL documentation, "synchronous_standby_names".
package struct SynchronousStandbys: Sendable {
    package enum Method: String, Hashable, Sendable {
        /// The first ones in the list that are connected.
        case first = "FIRST"
        /// Any of them, from 10 on.
        case any = "ANY"
    }

    package var method: Method
    /// How many must confirm a commit.
    package var count: Int
    /// `application_name`s; `*` stands for any. Empty: nobody confirms.
    package var names: [String]

    package static let none = SynchronousStandbys(.first, count: 1, names: [])

    package init(_ method: Method, count: Int, names: [String]) {
        self.method = method
        self.count = count
        self.names = names
    }

    /// As the version understands it, empty for no names.
    ///
    /// - Throws: `Diagnostic` `identifier.empty`, `identifier.long`, `value.nul`, or `setting.value` for a quorum below
    ///   10 and a count below one.
    package func text(version: PostgresVersion) throws(Diagnostic) -> String {
        if names.isEmpty { return "" }
        if count < 1 || (method == .any && !version.supportsQuorum) {
            throw .error(
                "setting.value", "PostgreSQL \(version) can't wait for \(method.rawValue) \(count) standbys",
                hint: "choose method first and at least one standby")
        }
        var quoted: [String] = []
        for name in names { quoted.append(name == "*" ? name : try Quoting.identifier(name)) }
        let list = "(\(quoted.joined(separator: ", ")))"
        return version.supportsQuorum ? "\(method.rawValue) \(count) \(list)" : "\(count) \(list)"
    }

    /// Reads a live value; nil where the server would refuse it.
    package init?(parsing text: String) {
        if text.isEmpty {
            self = .none
            return
        }
        guard var tokens = Self.tokens(text)?[...] else { return nil }
        method = .first
        count = 1
        if case .keyword(let method)? = tokens.first {
            self.method = method
            tokens = tokens.dropFirst()
            guard tokens.dropFirst().first == .mark("(") else { return nil }
        }
        if tokens.dropFirst().first == .mark("(") {
            guard case .number(let text)? = tokens.first, let number = Int32(text), number > 0,
                tokens.last == .mark(")")
            else { return nil }
            count = Int(number)
            tokens = tokens.dropFirst(2).dropLast()
        }
        names = []
        for (index, token) in tokens.enumerated() {
            switch (index.isMultiple(of: 2), token) {
            case (true, .name(let name)), (true, .number(let name)): names.append(name)
            case (true, .mark("*")): names.append("*")
            case (false, .mark(",")): break
            default: return nil
            }
        }
        if tokens.count.isMultiple(of: 2) { return nil }
    }

    private enum Token: Hashable {
        case name(String)
        case number(String)
        case keyword(Method)
        case mark(Character)
    }

    /// Nil for a quote without an end; any other mark than those of the syntax is kept, and refused later.
    private static func tokens(_ text: String) -> [Token]? {
        var tokens: [Token] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            if ASCII.isSpace(byte) {
                rest = rest.dropFirst()
            } else if ASCII.isDigit(byte) {
                let digits = rest.prefix(while: ASCII.isDigit)
                rest = rest.dropFirst(digits.count)
                tokens.append(.number(String(decoding: digits, as: UTF8.self)))
            } else if isNameStart(byte) {
                let word = rest.prefix { isNameStart($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "$") }
                rest = rest.dropFirst(word.count)
                let name = String(decoding: word, as: UTF8.self)
                tokens.append(Method(rawValue: name.uppercased()).map(Token.keyword) ?? .name(name))
            } else if byte == ASCII.doubleQuote {
                guard let name = quotedName(&rest) else { return nil }
                tokens.append(.name(name))
            } else {
                rest = rest.dropFirst()
                tokens.append(.mark(Character(Unicode.Scalar(byte))))
            }
        }
        return tokens
    }

    private static func quotedName(_ rest: inout ArraySlice<UInt8>) -> String? {
        var name: [UInt8] = []
        rest = rest.dropFirst()
        while let byte = rest.popFirst() {
            if byte == ASCII.doubleQuote {
                guard rest.first == ASCII.doubleQuote else { return String(decoding: name, as: UTF8.self) }
                rest = rest.dropFirst()
            }
            name.append(byte)
        }
        return nil
    }

    private static func isNameStart(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || byte >= 0x80 || byte == UInt8(ascii: "_")
    }
}

extension SynchronousStandbys: Hashable {
    /// The server compares names without case; of a quorum the order says nothing.
    package static func == (left: SynchronousStandbys, right: SynchronousStandbys) -> Bool {
        left.essence == right.essence
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(essence) }

    private var essence: [String] {
        if names.isEmpty { return [] }
        let folded = names.map(\.asciiLowercased)
        return ["\(method) \(count)"] + (method == .any ? folded.sorted() : folded)
    }
}
