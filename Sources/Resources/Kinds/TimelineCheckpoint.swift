import Diagnostics
import Hosts
import PostgreSQL

/// A primary whose control file knows its timeline: pg_rewind reads it there, and a promotion writes it only with its
/// first checkpoint.
///
/// - Source: PostgreSQL documentation, "pg_rewind"; 9.6 to 12 were seen to diverge without it, 10 silently.
package struct TimelineCheckpoint: Resource {
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
            if let control = server.control, Int(control.timeline.number) == live.timeline { return .same }
            let psql = ServerShell(location).psql(stopOnError: true, limit: 600)
            return .change(
                Change(
                    .run, "its control file does not know timeline \(live.timeline) yet",
                    script: Script(Content("\(psql) -c CHECKPOINT\n"), limit: .seconds(620))))
        }
    }
}
