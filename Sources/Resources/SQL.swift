package import Diagnostics

/// Words of SQL, quoted for a session with `standard_conforming_strings` on.
package enum SQL {
    package static func literal(_ text: String) -> String {
        "'" + double("'", in: text) + "'"
    }

    package static func literal(_ content: Content) -> Content {
        var quoted: Content = "'"
        quoted += content.map { double("'", in: $0) }
        quoted.append("'")
        return quoted
    }

    package static func identifier(_ name: String) -> String {
        "\"" + double("\"", in: name) + "\""
    }

    private static func double(_ quote: Character, in text: String) -> String {
        text.split(separator: quote, omittingEmptySubsequences: false).joined(separator: "\(quote)\(quote)")
    }
}
