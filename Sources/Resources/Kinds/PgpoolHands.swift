package import Diagnostics
import Hosts
import PostgreSQL

/// Whether pgpool-II acts on a lost server. While kumki stops or restarts one on purpose, it must not.
package struct PgpoolHands: Resource {
    package enum State: Hashable, Sendable {
        /// Taken off, before a server stops.
        case off
        /// Put on again, once all is as it shall be.
        case on
    }

    package var state: State
    package var location: PgpoolLocation
    /// pgpool.conf as it shall be from then on.
    package var configuration: Content
    package var backends: Int
    /// Whether an earlier step of the plan takes them off; else they are put on only where a killed command left them off.
    package var isOffBefore: Bool

    package init(
        _ state: State, location: PgpoolLocation, configuration: Content, backends: Int, isOffBefore: Bool = true
    ) {
        self.isOffBefore = isOffBefore
        self.state = state
        self.location = location
        self.configuration = configuration
        self.backends = backends
    }

    package var name: String { state == .off ? "hands off" : "hands on" }
    private var loaded: String { location.loadedDirectory + "/pgpool.conf" }

    /// The package tells for which version pgpool.conf is written.
    package var probe: Probe {
        Probe(contents: [loaded], packages: [PgpoolPackage.name], units: [location.unit])
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        if let idle = facts.nothingToDo(unlessRunning: location.unit) { return idle }
        switch (facts.content(loaded), state) {
        case (.unknown(let reason), _): return .unknown(reason)
        // It was started with somebody else's files, and gets a restart.
        case (.absent, _): return .same
        case (.present(let text), .off):
            if text.contains("DISALLOW_TO_FAILOVER") { return .same }
            return change("pgpool-II must not take what follows for a failure")
        // They are off by then, though not yet when the plan is made.
        case (.present, .on) where isOffBefore:
            return change("pgpool-II watches the servers again")
        case (.present(let text), .on):
            if !text.contains("DISALLOW_TO_FAILOVER") { return .same }
            return change("its hands are off: it watches the servers again")
        }
    }

    private func change(_ reason: String) -> Finding {
        let file = FileWriting(
            path: location.configFile, content: configuration, mode: "0640", owner: location.account,
            group: location.account)
        let shell = PgpoolShell(location)
        var text = file.script
        text.append(shell.reload + shell.awaitHands(taken: state == .off ? backends : 0))
        return .change(Change(.run, reason, effect: .reload, script: Script(text, limit: .seconds(120))))
    }
}

/// A pgpool-II that does not run.
package struct PgpoolStop: Resource {
    package let name = "pgpool-II stop"
    package var location: PgpoolLocation
    package var reason: String

    package init(location: PgpoolLocation, _ reason: String) {
        self.location = location
        self.reason = reason
    }

    package var probe: Probe { Probe(units: [location.unit]) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        if let idle = facts.nothingToDo(unlessRunning: location.unit) { return idle }
        return .change(
            Change(
                .run, reason,
                script: Script(
                    Content("systemctl stop \(Shell.quote(location.unit))\n"), limit: .seconds(120))))
    }
}
