import Diagnostics
import Hosts
import PostgreSQL

/// The empty file that makes a server of version 12 or later a standby.
package struct StandbySignal: Resource {
    package let name = "standby.signal"
    package var isSmall: Bool { true }
    package var location: ServerLocation

    package init(location: ServerLocation) {
        self.location = location
    }

    package var probe: Probe { Probe(server: ServerProbe(location: location)) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        // It comes with the base backup.
        case .absent: return .same
        case .present(let server):
            // A server in recovery has read it already; PostgreSQL removes it only at promotion.
            if server.hasStandbySignal || server.dataVersion == nil { return .same }
            let file = FileWriting(
                path: location.signalFile, content: "", mode: "0600", owner: location.account, group: location.account)
            return .change(
                Change(
                    .create, "standby.signal is missing: the server would start as a primary",
                    script: Script(file.script)))
        }
    }
}
