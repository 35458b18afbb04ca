import Diagnostics
import Hosts

/// What says on a host that it is out of service: nothing but a command that names the host starts its server again.
package struct DrainMark: Resource {
    package enum State: Hashable, Sendable {
        case present, absent
    }

    package let name = "drain mark"
    package var cluster: String
    package var state: State

    package init(cluster: String, state: State) {
        self.cluster = cluster
        self.state = state
    }

    /// It holds the time at which the host was drained, in UTC: `2026-11-21T22:29:09Z`.
    package static func path(cluster: String) -> String { "/var/lib/kumki/\(cluster)/drained" }

    package var probe: Probe { Probe(contents: [Self.path(cluster: cluster)]) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch (facts.content(Self.path(cluster: self.cluster)), state) {
        case (.unknown(let reason), _): .unknown(reason)
        case (.absent, .absent), (.present, .present): .same
        case (.absent, .present):
            .change(Change(.create, "out of service until `kumki undrain`", script: Script(Content(marking))))
        case (.present, .absent):
            .change(Change(.delete, "in service again", script: Script(Content("rm -f -- \(path)\n"))))
        }
    }

    private var path: String { Shell.quote(Self.path(cluster: cluster)) }

    private var marking: String {
        """
        install -d -m 0700 /var/lib/kumki \(Shell.quote("/var/lib/kumki/\(cluster)"))
        (umask 077; date -u +%FT%TZ >\(path).kumki-new)
        sync -- \(path).kumki-new
        mv -f -- \(path).kumki-new \(path)

        """
    }
}
