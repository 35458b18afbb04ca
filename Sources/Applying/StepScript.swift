import Diagnostics
package import Hosts

/// The frame around every script that changes a host.
///
/// One step runs on a host at a time, also after the connection of an earlier run was cut: what it left running
/// holds the step lock until it ends. The body is read whole before it runs, and no program in it can read the script.
package struct StepScript: Sendable {
    package let cluster: String
    package let id: String
    package let body: Script

    package init(cluster: String, id: String, body: Script) {
        self.cluster = cluster
        self.id = id
        self.body = body
    }

    package static let busyStatus: Int32 = 75

    package var script: Script {
        let folder = "/var/lib/kumki/\(cluster)"
        var text: Content = """
            set -eu; umask 022; LC_ALL=C; PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export LC_ALL PATH; cd /
            mkdir -p -m 0700 /var/lib/kumki \(folder)
            exec 9>>\(folder)/step.lock
            flock -w 120 9 || { echo 'a step of an earlier run still runs on this host' >&2; exit \(Int(Self.busyStatus)); }
            main() {

            """
        text += body.text
        text.append(
            """
            }
            echo "$(date -u +%FT%TZ) begin \(id)" >>\(folder)/journal
            main </dev/null
            echo "$(date -u +%FT%TZ) end \(id)" >>\(folder)/journal

            """)
        // The lock's own wait comes on top of what the body may take.
        return Script(text, limit: body.limit + .seconds(125))
    }
}
