package import Diagnostics

/// One rule of pg_hba.conf.
///
/// - Source: PostgreSQL documentation, "The pg_hba.conf File".
package struct HBALine: Hashable, Sendable {
    package enum ConnectionType: String, CaseIterable, Hashable, Sendable {
        case local, host, hostssl, hostnossl
        /// From 12.
        case hostgssenc, hostnogssenc
    }

    /// A word and whether it stands in quotes, which take the meaning from `all`, `replication`, `+group`, `@file`.
    package struct Word: Hashable, Sendable {
        package var text: String
        package var isQuoted: Bool

        /// The word as it stands in the file; quotes that take no meaning away need not be told.
        package init(_ text: String, isQuoted: Bool = false) {
            self.text = text
            self.isQuoted = isQuoted
        }

        /// A keyword, a group or a file: written as it is.
        package static func keyword(_ text: String) -> Word { Word(text) }

        /// The name of a database or a role, whatever it is: quoted where it would mean something else.
        package static func name(_ text: String) -> Word {
            Word(text, isQuoted: !isPlain(text) || keywords.contains(text))
        }

        private static let keywords: Set<String> = ["all", "sameuser", "samerole", "samegroup", "replication"]

        static func isPlain(_ text: String) -> Bool {
            guard let first = text.utf8.first else { return false }
            return !"@+/".utf8.contains(first)
                && text.utf8.allSatisfy { byte in
                    ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte >= 0x80 || "_-.:/+@=".utf8.contains(byte)
                }
        }

        /// - Throws: `Diagnostic` `value.newline`, `value.nul`, or `hba.syntax` for a word that needs the quotes that
        ///   it must not have, and for a name that begins with a slash: from 16 on that is a regular expression, in
        ///   quotes too.
        package func written() throws(Diagnostic) -> String {
            if isQuoted, text.utf8.first == UInt8(ascii: "/") {
                throw .error(
                    "hba.syntax", "pg_hba.conf takes the name \(text) for a regular expression, from PostgreSQL 16 on",
                    hint: "choose a name that does not begin with a slash")
            }
            if isQuoted { return try Quoting.hba(text) }
            let marks = [ASCII.space, ASCII.tab, ASCII.comma, ASCII.hash, ASCII.doubleQuote, ASCII.backslash]
            let isSafe = !text.isEmpty && !text.utf8.contains(where: marks.contains)
            if isSafe { return try Quoting.oneLine(text, for: "a word in pg_hba.conf") }
            // A group or file whose name needs quotes can't have them: `"+a b"` means a role of that name.
            if text.hasPrefix("+") || text.hasPrefix("@") {
                throw .error(
                    "hba.syntax", "\"\(text)\" can't be written in pg_hba.conf", hint: "rename the group or file")
            }
            return try Quoting.hba(text)
        }
    }

    package struct Option: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var type: ConnectionType
    package var databases: [Word]
    package var users: [Word]
    /// Nil for `local` only. A network (`198.18.0.0/24`), a host name, a name's suffix (`.example.org`), `all`,
    /// `samehost` or `samenet`.
    package var address: Word?
    /// The mask of an address that has no prefix length: `255.255.255.0`.
    package var mask: String?
    package var method: String
    package var options: [Option]

    package init(
        _ type: ConnectionType, databases: [Word], users: [Word], address: Word? = nil, mask: String? = nil,
        method: String, options: [Option] = []
    ) {
        self.type = type
        self.databases = databases
        self.users = users
        self.address = address
        self.mask = mask
        self.method = method
        self.options = options
    }

    /// The line, without its line end.
    ///
    /// - Throws: `Diagnostic` `hba.syntax`, `value.newline`, `value.nul`.
    package func text() throws(Diagnostic) -> String {
        if databases.isEmpty || users.isEmpty {
            throw .error("hba.syntax", "a line of pg_hba.conf needs a database and a user")
        }
        var fields = [type.rawValue, try Self.list(databases), try Self.list(users)]
        if let address { fields.append(try address.written()) }
        if let mask { fields.append(try Word(mask).written()) }
        fields.append(try Word(method).written())
        for option in options {
            let word = "\(option.name)=\(option.value)"
            fields.append(Word.isPlain(word) ? word : try Quoting.hba(word))
        }
        return fields.joined(separator: " ")
    }

    private static func list(_ words: [Word]) throws(Diagnostic) -> String {
        var written: [String] = []
        for word in words { written.append(try word.written()) }
        return written.joined(separator: ",")
    }
}

extension HBALine {
    /// What the server would not accept in this line; syntax aside.
    package func problems(version: PostgresVersion) -> [Diagnostic] {
        [typeProblem(version), methodProblem(version), addressProblem].compactMap { $0 }
    }

    private func typeProblem(_ version: PostgresVersion) -> Diagnostic? {
        let isGSS = type == .hostgssenc || type == .hostnogssenc
        guard isGSS, version < .v12 else { return nil }
        return .error("hba.type", "\(type.rawValue) is there from PostgreSQL 12 on", hint: "use host or hostssl")
    }

    private func methodProblem(_ version: PostgresVersion) -> Diagnostic? {
        let methods = Self.methods(version: version)
        if method == "scram-sha-256", version < .v10 {
            return .error("hba.method", "scram-sha-256 is there from PostgreSQL 10 on", hint: "use md5")
        }
        guard methods.contains(method) else {
            return .error(
                "hba.method", "\(method) is no authentication method of PostgreSQL \(version)",
                hint: "use one of \(methods.joined(separator: ", "))")
        }
        if method == "peer", type != .local {
            return .error(
                "hba.method", "peer works on local connections only", hint: "use scram-sha-256, or the type local")
        }
        if method == "cert", type != .hostssl {
            return .error("hba.method", "cert works on hostssl connections only", hint: "use the type hostssl")
        }
        if ["gss", "sspi"].contains(method), type == .local {
            return .error("hba.method", "\(method) does not work on local connections", hint: "use peer")
        }
        return nil
    }

    /// - Source: PostgreSQL documentation, "Authentication Methods", of each version.
    package static func methods(version: PostgresVersion) -> [String] {
        [
            "scram-sha-256", "md5", "peer", "cert", "trust", "reject", "password", "ident", "ldap", "radius", "pam",
            "gss",
        ]
            + ["sspi", "bsd"] + (version >= .v18 ? ["oauth"] : [])
    }

    private var addressProblem: Diagnostic? {
        func wrong(_ what: String, _ hint: String) -> Diagnostic { .error("hba.address", what, hint: hint) }
        guard let address else {
            return type == .local
                ? nil : wrong("a \(type.rawValue) line needs an address", "write a network such as 198.18.0.0/24")
        }
        if type == .local { return wrong("a local line has no address", "leave the address out, or use the type host") }
        if address.text.isEmpty { return wrong("the address is empty", "write a network such as 198.18.0.0/24") }
        if let mask {
            guard let ip = NetworkAddress(address.text), let mask = NetworkAddress(mask), ip.width == mask.width else {
                return wrong("\(address.text) \(mask) is no address and mask", "write a network such as 198.18.0.0/24")
            }
            return nil
        }
        guard let slash = address.text.lastIndex(of: "/") else {
            if NetworkAddress(address.text) != nil {
                return wrong("\(address.text) has no prefix length", "write \(address.text)/32, or /128 for IPv6")
            }
            // Four numbers or a colon were meant as an address; the server would take them for a host name.
            let isMeantAsAddress = address.text.utf8.allSatisfy { ASCII.isDigit($0) || $0 == UInt8(ascii: ".") }
            return isMeantAsAddress || address.text.contains(":")
                ? wrong("\(address.text) is no address", "write a network such as 198.18.0.0/24") : nil
        }
        let network = String(address.text[..<slash])
        let digits = address.text[address.text.index(after: slash)...]
        guard let ip = NetworkAddress(network) else {
            return wrong("\(network) is no IPv4 or IPv6 address", "write a network such as 198.18.0.0/24")
        }
        guard !digits.isEmpty, digits.utf8.allSatisfy(ASCII.isDigit), let prefix = Int(digits), prefix <= ip.width
        else {
            return wrong("/\(digits) is no prefix length of \(network)", "write /0 to /\(ip.width)")
        }
        return nil
    }
}
