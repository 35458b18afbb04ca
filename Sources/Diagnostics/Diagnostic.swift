/// One thing that is wrong: what, where, and what to do next.
///
/// `code` is stable and listed in `docs/errors.md`. `hint` is a next step in the imperative, without a full stop.
package struct Diagnostic: Error, Hashable, Sendable {
    package enum Severity: String, Hashable, Sendable, Comparable {
        case warning, error

        package static func < (left: Severity, right: Severity) -> Bool { left == .warning && right == .error }
    }

    package var severity: Severity
    package var code: String
    package var message: String
    package var place: SourcePlace?
    package var hint: String?

    package init(
        _ severity: Severity, _ code: String, _ message: String, at place: SourcePlace? = nil, hint: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.place = place
        self.hint = hint
    }

    package static func error(
        _ code: String, _ message: String, at place: SourcePlace? = nil, hint: String? = nil
    ) -> Diagnostic {
        Diagnostic(.error, code, message, at: place, hint: hint)
    }

    package static func warning(
        _ code: String, _ message: String, at place: SourcePlace? = nil, hint: String? = nil
    ) -> Diagnostic {
        Diagnostic(.warning, code, message, at: place, hint: hint)
    }
}
