import PostgreSQL

/// Connection strings as they were read, which may be anything.
enum ConninfoText {
    /// Whether both say the same, in whatever order and quoting.
    static func same(_ left: String, _ right: String) -> Bool {
        guard let left = try? Conninfo(parsing: left), let right = try? Conninfo(parsing: right) else { return false }
        return left.isEquivalent(to: right)
    }

    static func value(of keyword: String, in text: String) -> String? {
        (try? Conninfo(parsing: text))?[keyword]
    }

    /// For eyes: without a password that somebody wrote into it.
    static func masked(_ text: String) -> String {
        guard text.contains("password"), let conninfo = try? Conninfo(parsing: text) else { return text }
        let pairs = conninfo.pairs.map { $0.keyword == "password" ? Conninfo.Pair("password", "<hidden>") : $0 }
        return (try? Conninfo(pairs).text()) ?? "<hidden>"
    }
}
