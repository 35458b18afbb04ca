package import Diagnostics
import Hosts

/// A systemd service of ours that runs now and with the host.
///
/// Without systemd nothing is written.
package struct RunningService: Resource {
    package var unit: String
    package var content: Content

    package init(unit: String, content: Content) {
        self.unit = unit
        self.content = content
    }

    package var isSmall: Bool { true }
    package var name: String { unit }
    var file: ManagedFile {
        ManagedFile(name: unit, path: "/etc/systemd/system/\(unit)", content: content)
    }

    package var probe: Probe { file.probe.union(Probe(units: [unit])) }
    package var detail: Probe { file.detail }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        if !facts.system.hasSystemd { return .same }
        let run =
            "systemctl daemon-reload\nsystemctl -q enable \(Shell.quote(unit))\nsystemctl restart \(Shell.quote(unit))\n"
        switch file.compare(facts, in: cluster) {
        case .change(var change):
            change.script.text.append(run)
            return .change(change)
        case .same:
            switch facts.unit(unit) {
            case .unknown(let reason): return .unknown(reason)
            case .present(let state) where state.isActive && state.isEnabled && !state.needsReload: return .same
            default: return .change(Change(.update, "it does not run", script: Script(Content(run))))
            }
        case let other: return other
        }
    }
}
