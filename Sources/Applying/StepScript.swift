import Diagnostics
package import Hosts

/// The frame around every script that changes a host, for one step or for a few that run one after the other.
///
/// One script runs on a host at a time, also after the connection of an earlier run was cut: what it left running
/// holds the step lock until it ends. The bodies are read whole before they run, and no program in them can read the
/// script. A line on standard output tells each step's beginning and the host's uptime in seconds.
package struct StepScript: Sendable {
    package struct Step: Sendable {
        package let id: String
        package let body: Script

        package init(id: String, body: Script) {
            self.id = id
            self.body = body
        }
    }

    package let cluster: String
    package let steps: [Step]

    package init(cluster: String, steps: [Step]) {
        self.cluster = cluster
        self.steps = steps
    }

    package static let busyStatus: Int32 = 75
    /// What a line that tells a step's beginning, or the end of all, starts with.
    static let mark = "kumki-step "

    package var script: Script {
        let folder = "/var/lib/kumki/\(cluster)"
        var text: Content = """
            set -eu; umask 022; LC_ALL=C; PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export LC_ALL PATH; cd /
            (umask 077; mkdir -p \(folder))
            exec 9>>\(folder)/step.lock
            flock -w 120 9 || { echo 'a step of an earlier run, or an automatic rejoin, still works on this host' >&2; exit \(Int(Self.busyStatus)); }
            now=$(date -u +%FT%TZ)
            mark() { read -r up rest </proc/uptime; echo "\(Self.mark)$1 $up"; }

            """
        for (index, step) in steps.enumerated() {
            text.append("step\(index)() {\n")
            text += step.body.text
            text.append("}\n")
        }
        for (index, step) in steps.enumerated() {
            text.append("mark \(index); echo \"$now begin \(step.id)\" >>\(folder)/journal\n")
            text.append("step\(index) </dev/null\necho \"$now end \(step.id)\" >>\(folder)/journal\n")
        }
        text.append("mark end\n")
        // The lock's own wait comes on top of what the bodies may take.
        return Script(text, limit: steps.map(\.body.limit).reduce(.seconds(125), +))
    }
}
