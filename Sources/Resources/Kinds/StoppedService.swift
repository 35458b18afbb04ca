import Diagnostics
import Hosts

/// A service that does not run, and does not start with its host.
package struct StoppedService: Resource {
    package enum Reason: String, Hashable, Sendable {
        case undeclared = "the inventory no longer asks for it"
        case drained = "its host goes out of service"
    }

    package var unit: String
    package var reason: Reason
    /// Whether it is a leftover that only the record names: nobody has looked at it when the plan is made, and it goes as
    /// long as the record has it.
    package var isRecorded: Bool

    package init(unit: String, reason: Reason = .undeclared, isRecorded: Bool = false) {
        self.unit = unit
        self.reason = reason
        self.isRecorded = isRecorded
    }

    package var isSmall: Bool { true }
    package var name: String { "stopped \(unit)" }
    package var probe: Probe { Probe(units: [unit]) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        if !facts.system.hasSystemd { return .same }
        switch facts.unit(unit) {
        case .unknown(let reason): return isRecorded ? stop : .unknown(reason)
        case .absent: return .same
        case .present(let state): return state.isActive || state.isEnabled ? stop : .same
        }
    }

    private var stop: Finding {
        .change(
            Change(
                .delete, reason.rawValue,
                script: Script(
                    Content("systemctl -q disable --now \(Shell.quote(unit))\n"), limit: .seconds(120))))
    }
}
