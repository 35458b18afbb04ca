import Diagnostics
import Hosts
import PostgreSQL

/// A primary whose commits are confirmed by as many standbys as must confirm: before, every commit waits.
package struct Confirmed: Resource {
    package let name = "confirmed"
    package var confirm: Int
    package var location: ServerLocation

    package init(confirm: Int, location: ServerLocation) {
        self.confirm = confirm
        self.location = location
    }

    package var probe: Probe { Probe(server: ServerProbe(location: location)) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .same
        case .present(let server):
            guard let live = server.live, !live.inRecovery else { return wait }
            let confirming = live.standbys.count {
                $0.state == "streaming" && ["sync", "quorum"].contains($0.syncState)
            }
            return confirming >= confirm ? .same : wait
        }
    }

    private var wait: Finding {
        let question =
            "SELECT count(*) >= \(confirm) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum')"
        return .change(
            Change(
                .run, "commits are confirmed by \(confirm == 1 ? "a standby" : "\(confirm) standbys")",
                script: Script(
                    Content(
                        ServerShell(location).wait(
                            until: question, seconds: 60, or: "too few standbys confirm: commits wait for them")),
                    limit: .seconds(90))))
    }
}
