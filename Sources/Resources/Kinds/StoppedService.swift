import Diagnostics
import Hosts

/// A service that does not run, and does not start with its host, since the inventory no longer asks for it here.
package struct StoppedService: Resource {
    package var unit: String

    package init(unit: String) {
        self.unit = unit
    }

    package var isSmall: Bool { true }
    package var name: String { "stopped \(unit)" }
    package var probe: Probe { Probe(units: [unit]) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        if !facts.system.hasSystemd { return .same }
        switch facts.unit(unit) {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .same
        case .present(let state):
            if !state.isActive, !state.isEnabled { return .same }
            return .change(
                Change(
                    .delete, "the inventory no longer asks for it",
                    script: Script(
                        Content("systemctl -q disable --now \(Shell.quote(unit))\n"), limit: .seconds(120))))
        }
    }
}
