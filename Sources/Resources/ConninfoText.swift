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

    /// What of a connection string changes, for eyes: `host 198.18.0.11 -> 198.18.0.12`, never a password.
    ///
    /// Nil where one of them is empty or can't be read.
    static func difference(_ old: String, _ new: String) -> String? {
        guard !old.isEmpty, !new.isEmpty, let old = try? Conninfo(parsing: old), let new = try? Conninfo(parsing: new)
        else { return nil }
        var seen: Set<String> = []
        let words = (new.pairs + old.pairs).map(\.keyword).filter { seen.insert($0).inserted && old[$0] != new[$0] }
            .map { keyword in
                keyword == "password"
                    ? "password" : "\(keyword) \(old[keyword] ?? "unset") -> \(new[keyword] ?? "unset")"
            }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }

    /// For eyes: without a password that somebody wrote into it.
    static func masked(_ text: String) -> String {
        guard text.contains("password") else { return text }
        guard let conninfo = try? Conninfo(parsing: text) else { return "<hidden>" }
        let pairs = conninfo.pairs.map { $0.keyword == "password" ? Conninfo.Pair("password", "<hidden>") : $0 }
        return (try? Conninfo(pairs).text()) ?? "<hidden>"
    }
}
