package import Diagnostics

/// One line of a password file: `host:port:database:user:password`.
///
/// Nil stands for `*`, which matches anything; a name that is `*` itself is written so that it matches only itself.
/// - Source: PostgreSQL documentation, "The Password File". Before 14, libpq reads lines of 319 bytes at most.
package struct PgpassEntry: Hashable, Sendable {
    package var host: String?
    package var port: Int?
    package var database: String?
    package var user: String?
    package var password: Secret

    package init(host: String?, port: Int?, database: String?, user: String?, password: Secret) {
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.password = password
    }

    /// The line, without its line end.
    ///
    /// - Throws: `Diagnostic` `value.newline`, `value.nul`.
    package func line() throws -> Content {
        let fields = try [host, port.map(String.init), database, user].map { field in
            guard let field else { return "*" }
            let quoted = try Quoting.passwordFile(field)
            // As the first character `*` could mean anything and `#` could begin a comment.
            return field.hasPrefix("*") || field.hasPrefix("#") ? "\\" + quoted : quoted
        }
        return try "\(fields.joined(separator: ":")):\(Quoting.passwordFile(Content(password)))"
    }
}
