import Diagnostics
import Hosts
import PostgreSQL

/// A server that is down, cleanly; it stays enabled and starts with the host again.
package struct ServerStop: InterruptsServer {
    package let name = "stop"
    package var location: ServerLocation
    /// Longer than that, and the stop is given up: the server is brought down at once and the step has failed.
    package var limit: Duration?

    package init(location: ServerLocation, limit: Duration? = nil) {
        self.location = location
        self.limit = limit
    }

    package var probe: Probe { Probe(server: ServerProbe(location: location)) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .same
        case .present(let server):
            if case .stopped = server.state { return .same }
            let shell = ServerShell(location)
            return .change(
                Change(
                    .run, "the server runs", effect: .restart,
                    script: Script(
                        Content(limit.map { shell.stop(within: $0) } ?? shell.stop),
                        limit: (limit ?? .seconds(500)) + .seconds(100))))
        }
    }
}
