import Diagnostics
import Hosts
import PostgreSQL

/// A server that is down, cleanly; it stays enabled and starts with the host again.
package struct ServerStop: Resource {
    package let name = "stop"
    package var location: ServerLocation

    package init(location: ServerLocation) {
        self.location = location
    }

    package var probe: Probe { Probe(server: ServerProbe(location: location)) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .same
        case .present(let server):
            if case .stopped = server.state { return .same }
            return .change(
                Change(
                    .run, "the server runs", effect: .restart,
                    script: Script(Content(ServerShell(location).stop), limit: .seconds(600))))
        }
    }
}
