import Diagnostics
import Hosts

/// What a command has left on a host for those that come after it.
package struct HostMark: Resource {
    package enum Kind: String, Hashable, Sendable {
        /// The host is out of service: nothing but a command that names it starts its server again.
        case drained
        /// The engine's hands are off the cluster until `resume`.
        case paused
    }

    package enum State: Hashable, Sendable {
        case present, absent
    }

    package var kind: Kind
    package var cluster: String
    package var state: State
    /// Why a cluster is no longer paused, as its host sees it.
    package var wordsOfResume: String

    package init(_ kind: Kind, cluster: String, state: State, wordsOfResume: String = "hands on again") {
        self.kind = kind
        self.cluster = cluster
        self.state = state
        self.wordsOfResume = wordsOfResume
    }

    /// It holds the time at which it was made, in UTC: `2026-11-21T22:29:09Z`.
    package static func path(_ kind: Kind, cluster: String) -> String { "/var/lib/kumki/\(cluster)/\(kind.rawValue)" }

    package var name: String { kind == .drained ? "drain mark" : "pause mark" }
    package var isSmall: Bool { kind == .paused }
    package var probe: Probe { Probe(contents: [Self.path(kind, cluster: cluster)]) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch (facts.content(Self.path(kind, cluster: self.cluster)), state) {
        case (.unknown(let reason), _): .unknown(reason)
        case (.absent, .absent), (.present, .present): .same
        case (.absent, .present):
            .change(
                Change(
                    .create,
                    kind == .drained ? "out of service until `kumki undrain`" : "hands off until `kumki resume`",
                    script: Script(Content(marking))))
        case (.present, .absent):
            .change(
                Change(
                    .delete, kind == .drained ? "in service again" : wordsOfResume,
                    script: Script(Content("rm -f -- \(path)\n"))))
        }
    }

    private var path: String { Shell.quote(Self.path(kind, cluster: cluster)) }

    private var marking: String {
        """
        install -d -m 0700 /var/lib/kumki \(Shell.quote("/var/lib/kumki/\(cluster)"))
        (umask 077; date -u +%FT%TZ >\(path).kumki-new)
        sync -- \(path).kumki-new
        mv -f -- \(path).kumki-new \(path)

        """
    }
}
