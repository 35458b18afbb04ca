package import Diagnostics

/// How a value is written so that PostgreSQL reads back exactly that value, one rule for each syntax.
///
/// Every rule takes plain text, or ``Content`` whose secrets stay secret. A value that the syntax can't hold is
/// refused: what is silently cut or ends a line early is a security fault in the files that these rules write.
package enum Quoting {
    /// A name in SQL, always in double quotes.
    ///
    /// - Throws: `Diagnostic` `value.nul`, `identifier.empty`, or `identifier.long` above 63 bytes, where the server
    ///   would cut it.
    /// - Source: PostgreSQL documentation, "Identifiers and Key Words".
    package static func identifier(_ name: String) throws(Diagnostic) -> String {
        if name.isEmpty { throw .error("identifier.empty", "a name can't be empty") }
        if name.utf8.count > 63 {
            throw .error(
                "identifier.long", "the name \(name) is longer than 63 bytes, PostgreSQL would cut it",
                hint: "choose a shorter name")
        }
        return "\"\(try checked(name, for: "a name").doubling("\""))\""
    }

    /// A string constant in SQL, whatever `standard_conforming_strings` is.
    ///
    /// - Throws: `Diagnostic` `value.nul`.
    /// - Source: PostgreSQL documentation, "String Constants with C-Style Escapes".
    package static func literal(_ text: String) throws(Diagnostic) -> String {
        let escaped = try checked(text, for: "a string").doubling("'").doubling("\\")
        return escaped.contains("\\") ? "E'\(escaped)'" : "'\(escaped)'"
    }

    /// Always in the form with escapes, so that it does not tell what the secret is like.
    package static func literal(_ content: Content) throws -> Content {
        let escaped = try content.map { text in
            try checked(text, for: "a string").doubling("'").doubling("\\")
        }
        return "E'\(escaped)'"
    }

    /// The value of a setting in postgresql.conf or recovery.conf, always in single quotes.
    ///
    /// - Throws: `Diagnostic` `value.nul`.
    /// - Source: PostgreSQL documentation, "Parameter Interaction via the Configuration File"; the escapes were
    ///   compared with `pg_file_settings`.
    package static func setting(_ value: String) throws(Diagnostic) -> String {
        "'\(try settingEscaped(value))'"
    }

    package static func setting(_ value: Content) throws -> Content {
        "'\(try value.map { text in try settingEscaped(text) })'"
    }

    /// A value in a libpq connection string: quoted only where it must be.
    ///
    /// - Throws: `Diagnostic` `value.nul`.
    /// - Source: PostgreSQL documentation, "Keyword/Value Connection Strings".
    package static func conninfo(_ value: String) throws(Diagnostic) -> String {
        let escaped = try conninfoEscaped(value)
        let isPlain = !escaped.isEmpty && !escaped.utf8.contains { ASCII.isSpace($0) || $0 == ASCII.backslash }
        return isPlain ? escaped : "'\(escaped)'"
    }

    /// Always quoted, so that the form does not tell what the secret is like.
    package static func conninfo(_ value: Content) throws -> Content {
        "'\(try value.map { text in try conninfoEscaped(text) })'"
    }

    /// A field of a password file.
    ///
    /// - Throws: `Diagnostic` `value.nul`, or `value.newline` for a line feed or carriage return.
    /// - Source: PostgreSQL documentation, "The Password File".
    package static func passwordFile(_ field: String) throws(Diagnostic) -> String {
        try oneLine(field, for: "a field of a password file").doubling("\\").escaping(":", as: "\\:")
    }

    package static func passwordFile(_ field: Content) throws -> Content {
        try field.map { text in try passwordFile(text) }
    }

    /// A word in pg_hba.conf, in double quotes: it then means itself and is no keyword, group or file.
    ///
    /// - Throws: `Diagnostic` `value.nul`, or `value.newline` for a line feed or carriage return.
    /// - Source: PostgreSQL documentation, "The pg_hba.conf File".
    package static func hba(_ word: String) throws(Diagnostic) -> String {
        "\"\(try oneLine(word, for: "a word in pg_hba.conf").doubling("\""))\""
    }

    private static func settingEscaped(_ text: String) throws(Diagnostic) -> String {
        try checked(text, for: "a setting's value").doubling("'").doubling("\\")
            .escaping("\n", as: "\\n").escaping("\r", as: "\\r")
    }

    private static func conninfoEscaped(_ text: String) throws(Diagnostic) -> String {
        try checked(text, for: "a value in a connection string").doubling("\\").escaping("'", as: "\\'")
    }

    private static func checked(_ text: String, for what: String) throws(Diagnostic) -> String {
        if text.utf8.contains(0) {
            throw .error("value.nul", "\(what) can't hold a NUL byte", hint: "take it out of the value")
        }
        return text
    }

    static func oneLine(_ text: String, for what: String) throws(Diagnostic) -> String {
        if text.utf8.contains(where: { $0 == ASCII.lineFeed || $0 == ASCII.carriageReturn }) {
            throw .error("value.newline", "\(what) can't hold a line end", hint: "take it out of the value")
        }
        return try checked(text, for: what)
    }
}
