import Diagnostics
import Hosts
import PostgreSQL

/// A standby that becomes primary though the former one did not hand over: nobody else may be primary, or answer as one.
package struct Takeover: Resource {
    package let name = "promote"
    /// Hosts that are looked at once more, right before it.
    package var peers: [String]
    /// Hosts that are said to be switched off: no server may have an answer from them.
    package var fenced: Set<String>
    /// Every server of the cluster, for who answers to whom.
    package var servers: [String: String]
    package var location: ServerLocation

    package init(peers: [String], fenced: Set<String>, servers: [String: String], location: ServerLocation) {
        self.peers = peers
        self.fenced = fenced
        self.servers = servers
        self.location = location
    }

    package var probe: Probe {
        let servers = servers.sorted { $0.key < $1.key }.map { (host: $0.key, address: $0.value) }
        return Probe(
            commands: [SignsOfLife.reading: SignsOfLife.fragment(of: servers, at: location)],
            server: ServerProbe(location: location, settings: ["primary_conninfo"]))
    }

    package var peerProbes: [String: Probe] { Dictionary(peers.map { ($0, probe) }) { first, _ in first } }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .refused(down(facts.host))
        case .present(let server):
            guard let live = server.live else { return later(server, "once it runs") }
            if !live.inRecovery { return .same }
            guard server.isCutOff else { return later(server, "once it is cut off") }
            for peer in peers {
                guard let seen = cluster[peer], let theirs = seen.server.value else {
                    return .refused(unseen(peer))
                }
                if theirs.live?.inRecovery == false { return .refused(FailoverRefusal.alive(peer)) }
                if case .silent = theirs.state, theirs.wasPrimary { return later(server, "once \(peer) is down") }
            }
            for host in [facts.host] + peers {
                let answering = cluster[host].flatMap { SignsOfLife.answering(in: $0) } ?? []
                if let alive = answering.intersection(fenced).min() {
                    return .refused(
                        .error(
                            "failover.alive", "\(alive) is said to be switched off, but answers to \(host)",
                            hint: "switch it off; then run the same command again"))
                }
            }
            return promote(live, ServerShell(location).promote(within: 600))
        }
    }

    /// As it is planned: what must come first is an earlier step's work.
    private func later(_ server: ServerFacts, _ words: String) -> Finding {
        let script = "echo 'not yet: \(words)' >&2; false\n"
        guard let live = server.live else {
            return .change(Change(.run, "becomes primary", effect: .promote, script: Script(Content(script))))
        }
        return promote(live, script)
    }

    private func promote(_ live: LiveServer, _ script: String) -> Finding {
        .change(
            Change(
                .run, "becomes primary, on a later timeline than \(live.timeline)", effect: .promote,
                script: Script(Content(script), limit: .seconds(700))))
    }

    private func down(_ host: String) -> Diagnostic {
        .error(
            "failover.target", "\(host) holds no data, so it can't be promoted",
            hint: "name another host; `kumki status` shows them")
    }

    private func unseen(_ host: String) -> Diagnostic {
        .error(
            "failover.unseen", "\(host) can't be seen any more: it may be primary by now",
            hint: "run the same command again; `--fenced \(host)` if you switched it off")
    }
}
