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

extension HostFacts {
    /// For what only concerns a service that runs: the finding where it does not, or where that isn't known; nil where
    /// it runs.
    func nothingToDo(unlessRunning unit: String) -> Finding? {
        switch self.unit(unit) {
        case .unknown(let reason): .unknown(reason)
        case .absent: .same
        case .present(let state): state.isActive ? nil : .same
        }
    }
}
