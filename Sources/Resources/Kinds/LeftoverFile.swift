import Diagnostics
import Hosts

/// A file that the record knows and the inventory no longer asks for.
///
/// It is not looked at: it goes as long as the record has it.
package struct LeftoverFile: Resource {
    package var path: String

    package init(path: String) {
        self.path = path
    }

    package var isSmall: Bool { true }
    package var name: String { "leftover \(path)" }
    package var probe: Probe { Probe() }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        var script = "rm -f -- \(Shell.quote(path))\n"
        if path.hasPrefix("/etc/systemd/"), facts.system.hasSystemd { script += "systemctl daemon-reload\n" }
        return .change(Change(.delete, "the inventory no longer asks for it", script: Script(Content(script))))
    }
}
