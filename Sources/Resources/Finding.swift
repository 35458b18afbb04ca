package import Diagnostics

/// How a thing stands against what is declared.
package enum Finding: Sendable {
    case same
    /// It can't be seen now; the text says why, and what will show it.
    case unknown(String)
    /// It must not be changed: a person has to decide first.
    case refused(Diagnostic)
    case change(Change)
}
