import Diagnostics
import Hosts
import PostgreSQL

/// A standby that becomes primary once it holds all that the former primary ever wrote.
package struct Promotion: Resource {
    package let name = "promote"
    /// The host that was stopped cleanly for it; nil when nothing is left to promote from.
    package var former: String?
    package var location: ServerLocation

    package init(former: String?, location: ServerLocation) {
        self.former = former
        self.location = location
    }

    private var server: Probe { Probe(server: ServerProbe(location: location)) }
    package var probe: Probe { server }
    package var peerProbes: [String: Probe] { former.map { [$0: server] } ?? [:] }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .refused(down(facts.host))
        case .present(let server):
            guard let live = server.live else { return .refused(down(facts.host)) }
            if !live.inRecovery { return .same }
            guard let former else { return .same }
            return compare(live, with: cluster[former]?.server ?? .unknown("\(former) can't be seen"), of: former)
        }
    }

    private func compare(_ live: LiveServer, with reading: Reading<ServerFacts>, of former: String) -> Finding {
        switch reading {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .unknown("\(former) has no data")
        case .present(let server):
            switch server.state {
            case .running, .silent:
                // Planned while it still runs; carried out, it has been stopped before.
                return promote(live, "echo '\(former) still runs: nothing is promoted' >&2; false\n")
            case .stopped:
                guard let control = server.control, control.state == .shutDown else {
                    return .refused(
                        .error(
                            "switchover.unclean",
                            "\(former) did not stop cleanly (\(server.control?.state?.rawValue ?? "no control data")): what it wrote last is not known",
                            hint: "`kumki start` brings it back as primary; `kumki failover` goes on without it"))
                }
                let promotion = ServerShell(location).promote(within: 60)
                return promote(live, received(control.latestCheckpoint, from: former) + promotion)
            }
        }
    }

    private func down(_ host: String) -> Diagnostic {
        .error(
            "switchover.target", "\(host): the server does not run, so it can't be promoted",
            hint: "`kumki apply` starts it; then run the same command again")
    }

    private func promote(_ live: LiveServer, _ script: String) -> Finding {
        .change(
            Change(
                .run, "becomes primary, on timeline \(live.timeline + 1)", effect: .promote,
                script: Script(Content(script), limit: .seconds(180))))
    }

    /// The end of what was received lies behind the beginning of the shutdown checkpoint: the record is there whole.
    private func received(_ checkpoint: LSN, from former: String) -> String {
        let isXlog = location.version < .v10
        let received = isXlog ? "pg_last_xlog_receive_location()" : "pg_last_wal_receive_lsn()"
        let replayed = isXlog ? "pg_last_xlog_replay_location()" : "pg_last_wal_replay_lsn()"
        let question =
            "SELECT greatest(coalesce(\(received), '0/0'), coalesce(\(replayed), '0/0')) > \(SQL.literal(checkpoint.description))"
        return ServerShell(location).wait(
            until: question, seconds: 30,
            or:
                "the last that \(former) wrote, its shutdown checkpoint at \(checkpoint), has not arrived: nothing is promoted"
        )
    }
}
