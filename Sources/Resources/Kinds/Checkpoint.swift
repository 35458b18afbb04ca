import Diagnostics
import Hosts
import PostgreSQL

/// A checkpoint just before a clean stop: the stop itself then has little left to write.
package struct Checkpoint: Resource {
    package let name = "checkpoint"
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
            guard let live = server.live, !live.inRecovery else { return .same }
            let psql = ServerShell(location).psql(stopOnError: true, limit: 600)
            return .change(
                Change(
                    .run, "so that the stop is short",
                    script: Script(Content("\(psql) -c CHECKPOINT\n"), limit: .seconds(620))))
        }
    }
}
