import Diagnostics
import Hosts

/// A unit of the distribution that systemd starts with the host.
///
/// Debian's `postgresql.service` starts the servers whose start.conf says `auto`.
package struct EnabledUnit: Resource {
    package var unit: String

    package init(unit: String) {
        self.unit = unit
    }

    package var name: String { unit }
    package var probe: Probe { Probe(units: [unit]) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        if !facts.system.hasSystemd { return .same }
        let script = Script(Content("systemctl -q enable \(Shell.quote(unit))\n"))
        switch facts.unit(unit) {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .change(Change(.create, "the server starts with the host", script: script))
        case .present(let state):
            if state.isEnabled { return .same }
            if state.unitFileState.hasPrefix("masked") {
                return .refused(
                    .error(
                        "unit.masked", "\(facts.host): \(unit) is masked, so the server does not start with the host",
                        hint: "find out who masked it, then `systemctl unmask \(unit)` there"))
            }
            return .change(Change(.update, "the server does not start with the host", script: script))
        }
    }
}
