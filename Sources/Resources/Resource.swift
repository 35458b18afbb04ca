/// One thing on one host that shall be so: what to read, how to compare, how to change it.
///
/// Comparing is pure. A kind is one file in `Kinds/`, one folder of cases in the tests.
package protocol Resource: Sendable {
    /// What it is called in a plan, behind the host's name: `postgresql.conf`, `role app`.
    var name: String { get }

    /// What must be read on its own host before it can be compared.
    var probe: Probe { get }

    /// What must be read on other hosts.
    var peerProbes: [String: Probe] { get }

    /// What is read besides when it differs, so that the plan can show how.
    var detail: Probe { get }

    /// Whether its change is quick and its script is the same whatever steps before it did: small steps of a host are
    /// sent to it together.
    var isSmall: Bool { get }

    func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding
}

/// A state that a restart interrupts: it is waited for again after one, though it holds now.
package protocol Awaited: Resource {
    /// Waits until it holds, or fails.
    func wait(_ reason: String) -> Change
}

/// A thing whose change stops a server that runs, if only for a moment, or lets it seem so to an engine.
package protocol InterruptsServer: Resource {}

extension Resource {
    package var peerProbes: [String: Probe] { [:] }
    package var detail: Probe { Probe() }
    package var isSmall: Bool { false }
}
