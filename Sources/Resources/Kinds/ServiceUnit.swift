package import Diagnostics
import Hosts
import PostgreSQL

/// A systemd unit of ours: its file, known to systemd, and started with the host.
///
/// Without systemd there is nothing to start the server at boot, and nothing is written.
package struct ServiceUnit: Resource {
    package var unit: String
    package var content: Content

    package init(unit: String, content: Content) {
        self.unit = unit
        self.content = content
    }

    package var name: String { unit }
    var file: ManagedFile {
        ManagedFile(name: unit, path: "/etc/systemd/system/\(unit)", content: content)
    }

    package var probe: Probe { file.probe.union(Probe(units: [unit])) }
    package var detail: Probe { file.detail }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        if !facts.system.hasSystemd { return .same }
        let enable = "systemctl -q enable \(Shell.quote(unit))\n"
        switch file.compare(facts, in: cluster) {
        case .change(var change):
            change.script.text.append("systemctl daemon-reload\n\(enable)")
            return .change(change)
        case .same:
            if case .unknown(let reason) = facts.unit(unit) { return .unknown(reason) }
            if facts.unit(unit).value?.isEnabled == true { return .same }
            return .change(
                Change(
                    .update, "it does not start with the host",
                    script: Script(Content("systemctl daemon-reload\n\(enable)"))))
        case let other: return other
        }
    }
}
