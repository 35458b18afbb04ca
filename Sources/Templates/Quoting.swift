package import Diagnostics

/// Values as the readers of some files want them written.
///
/// A value that holds a secret is always quoted, so that a masked file does not tell what the secret is made of.
package enum Quoting {
    /// - Source: POSIX, Shell Command Language, "Single-Quotes".
    package static func shell(_ value: Content) -> Content {
        if isBare(value, besides: "_@%+:,./-") { return value }
        return "'" + value.map { replacing($0) { $0 == "'" ? "'\\''" : nil } } + "'"
    }

    /// - Source: systemd.syntax(7), "Quoting"; systemd.unit(5), "Specifiers".
    package static func systemd(_ value: Content) -> Content {
        let escaped = value.map { piece in
            replacing(piece) { scalar in
                switch scalar {
                case "%": "%%"
                case "\\": "\\\\"
                case "\"": "\\\""
                default: nil
                }
            }
        }
        return isBare(value, besides: "_@%+=:,./-") ? escaped : "\"" + escaped + "\""
    }

    /// - Source: PostgreSQL documentation, "The Password File".
    package static func pgpass(_ value: Content) -> Content {
        value.map { replacing($0) { $0 == ":" || $0 == "\\" ? "\\\($0)" : nil } }
    }

    /// - Source: PostgreSQL documentation, "Parameter Interaction via the Configuration File".
    package static func postgresqlConf(_ value: Content) -> Content {
        if isBare(value, besides: "_"), isNumberOrWord(value.masked) { return value }
        return "'" + value.map { replacing($0) { $0 == "'" ? "''" : $0 == "\\" ? "\\\\" : nil } } + "'"
    }

    /// Whether the value needs no quotes: letters and digits of ASCII, and some signs.
    private static func isBare(_ value: Content, besides signs: String) -> Bool {
        guard case .text(let text)? = value.segments.first, value.segments.count == 1 else { return false }
        return text.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || signs.unicodeScalars.contains($0))
        }
    }

    /// `on`, `256MB`; not `12ab34`, which PostgreSQL's scanner would take apart.
    private static func isNumberOrWord(_ text: String) -> Bool {
        let rest = text.drop { $0.isNumber }
        return rest.count == text.count || rest.allSatisfy(\.isLetter)
    }

    private static func replacing(_ text: String, by rule: (Unicode.Scalar) -> String?) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let replacement = rule(scalar) {
                result.append(contentsOf: replacement.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
}
