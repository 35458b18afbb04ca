import Diagnostics
import Hosts
import PostgreSQL

/// A stopped server that starts as a primary: it has no file that would make it a standby.
package struct NoStandbyFile: Resource {
    package var location: ServerLocation

    package init(location: ServerLocation) {
        self.location = location
    }

    private var path: String { location.version < .v12 ? location.recoveryFile : location.signalFile }

    package var name: String { location.version < .v12 ? "recovery.conf" : "standby.signal" }
    package var probe: Probe { Probe(server: ServerProbe(location: location)) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .same
        case .present(let server):
            guard case .stopped = server.state, server.wasPrimary else { return .same }
            let isThere = location.version < .v12 ? server.recoveryConf != nil : server.hasStandbySignal
            if !isThere { return .same }
            return .change(
                Change(
                    .delete, "it was primary and starts as one again",
                    script: Script(Content("rm -f -- \(Shell.quote(path))\n"))))
        }
    }
}
