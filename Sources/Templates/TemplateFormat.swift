package import Diagnostics

/// How a kind of file writes a value so that its reader gets exactly that value back.
///
/// A line break or another control character has no place in any of them; a template that meets one is an error.
package struct TemplateFormat: Sendable {
    /// For messages: `a shell script`.
    package let title: String
    /// Whether an empty value is written in a way of its own, so that it can't be taken for a missing one.
    let showsEmpty: Bool
    private let refuses: @Sendable (Unicode.Scalar) -> Bool
    private let quoting: @Sendable (Content) -> Content

    /// - Parameters:
    ///   - title: what the file is, with its article.
    ///   - showsEmpty: whether an empty value may be written, as `''` for example; by default it is an error.
    ///   - refusing: characters that the file can't hold in a value, besides control characters.
    ///   - quoting: a value as it stands in the file.
    package init(
        _ title: String, showsEmpty: Bool = false,
        refusing: @escaping @Sendable (Unicode.Scalar) -> Bool = { _ in false },
        quoting: @escaping @Sendable (Content) -> Content = { $0 }
    ) {
        self.title = title
        self.showsEmpty = showsEmpty
        refuses = refusing
        self.quoting = quoting
    }

    package func quote(_ value: Content) -> Content { quoting(value) }

    /// What keeps a text value from being written, as the end of a sentence; nil when nothing does.
    func obstacle(in value: Content) -> String? {
        obstacle(in: value) { scalar in
            guard refuses(scalar) else { return nil }
            // Not even one character of a secret is shown.
            return "holds \(value.hasSecrets ? "a character" : "`\(scalar)`") that \(title) can't take there"
        }
    }

    /// The same for a value that is written as it stands.
    func obstacle(inVerbatim value: Content) -> String? {
        obstacle(in: value) { _ in nil }
    }

    private func obstacle(in value: Content, by rule: (Unicode.Scalar) -> String?) -> String? {
        var found: String?
        // Only looks: a secret's characters are seen by `map` and by nothing else.
        _ = value.map { piece in
            for scalar in piece.unicodeScalars where found == nil {
                switch scalar {
                case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": found = "holds a line break"
                case "\0": found = "holds a NUL byte"
                case "\t": found = rule(scalar)
                default:
                    found =
                        scalar.properties.generalCategory == .control ? "holds a control character" : rule(scalar)
                }
            }
            return piece
        }
        return found
    }
}

extension TemplateFormat {
    /// A file without any quoting, for values that hold no line break.
    package static let plain = TemplateFormat("a plain file")

    /// Words with white space between them and no way to quote: /etc/hosts.
    package static let words = TemplateFormat(
        "a file of words", refusing: { $0.properties.isWhitespace || "#\"'\\".unicodeScalars.contains($0) })

    /// A word of a POSIX `sh` command, not within quotes of the template's own.
    package static let shell = TemplateFormat("a shell script", quoting: Quoting.shell)

    /// A word of a unit file's command line, or a whole value; `$` is refused, its meaning differs between the two.
    package static let systemd = TemplateFormat(
        "a systemd unit", refusing: { $0 == "$" }, quoting: Quoting.systemd)

    /// A field of .pgpass.
    package static let pgpass = TemplateFormat(".pgpass", quoting: Quoting.pgpass)

    /// A whole value of postgresql.conf or recovery.conf, not within quotes of the template's own; an empty one is `''`.
    package static let postgresqlConf = TemplateFormat(
        "postgresql.conf", showsEmpty: true, quoting: Quoting.postgresqlConf)

    /// A whole value of pgpool.conf; its reader knows no way to write a quote within quotes.
    package static let pgpoolConf = TemplateFormat(
        "pgpool.conf", showsEmpty: true, refusing: { $0 == "'" || $0 == "\\" }, quoting: Quoting.postgresqlConf)
}
