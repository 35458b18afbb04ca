package import Diagnostics
import Hosts
import PostgreSQL

/// A file of ours beside a systemd unit, read by systemd as part of that unit.
///
/// Without systemd nothing is written.
package struct UnitDropIn: Resource {
    package let name: String
    package var unit: String
    package var cluster: String
    package var content: Content

    package init(name: String, unit: String, cluster: String, content: Content) {
        self.name = name
        self.unit = unit
        self.cluster = cluster
        self.content = content
    }

    package static func path(unit: String, cluster: String) -> String {
        "/etc/systemd/system/\(unit).d/kumki-\(cluster).conf"
    }

    package var isSmall: Bool { true }
    var file: ManagedFile {
        ManagedFile(name: name, path: Self.path(unit: unit, cluster: cluster), content: content)
    }

    package var probe: Probe { file.probe.union(Probe(units: [unit])) }
    package var detail: Probe { file.detail }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        if !facts.system.hasSystemd { return .same }
        let reload = "systemctl daemon-reload\n"
        switch file.compare(facts, in: cluster) {
        case .change(var change):
            change.script.text.append(reload)
            return .change(change)
        case .same:
            if case .unknown(let reason) = facts.unit(unit) { return .unknown(reason) }
            guard facts.unit(unit).value?.needsReload == true else { return .same }
            return .change(Change(.update, "systemd has not read it yet", script: Script(Content(reload))))
        case let other: return other
        }
    }
}
