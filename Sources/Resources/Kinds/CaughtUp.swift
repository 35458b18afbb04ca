package import Diagnostics
import Hosts
package import PostgreSQL

/// A standby that holds all that any of the others holds, so that nothing is lost when it becomes primary.
///
/// All of them have been cut off before, so nothing moves any more. One that is behind fetches what it lacks from the
/// one that has most.
package struct CaughtUp: Resource {
    /// Another standby.
    package struct Peer: Hashable, Sendable {
        package var host: String
        /// How the new primary reaches it.
        package var conninfo: String
        /// recovery.conf with that, before version 12.
        package var recoveryConf: Content?
        /// Whether commits waited for it.
        package var isSynchronous: Bool

        package init(host: String, conninfo: String, recoveryConf: Content?, isSynchronous: Bool) {
            self.host = host
            self.conninfo = conninfo
            self.recoveryConf = recoveryConf
            self.isSynchronous = isSynchronous
        }
    }

    package let name = "caught up"
    package var peers: [Peer]
    package var isSynchronous: Bool
    /// How many synchronous standbys must answer, this one among them: one of them then has every commit that was
    /// confirmed. 0 where nobody confirms, or the loss is accepted.
    package var needed: Int
    /// recovery.conf without an upstream, before version 12.
    package var cutOff: Content?
    package var location: ServerLocation

    package init(peers: [Peer], isSynchronous: Bool, needed: Int, cutOff: Content?, location: ServerLocation) {
        self.peers = peers
        self.isSynchronous = isSynchronous
        self.needed = needed
        self.cutOff = cutOff
        self.location = location
    }

    package var probe: Probe {
        Probe(
            commands: [WALEnd.reading: WALEnd.fragment(at: location)],
            server: ServerProbe(location: location, settings: ["primary_conninfo"]))
    }

    package var peerProbes: [String: Probe] {
        Dictionary(peers.map { ($0.host, probe) }) { first, _ in first }
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        guard let server = facts.server.value else { return .unknown("\(facts.host) was not read") }
        if server.live?.inRecovery == false { return .same }
        guard isStill(server) else { return later("once \(facts.host) is cut off") }
        let own: WALPosition
        switch WALEnd.position(in: facts) {
        case .absent: return .unknown("\(facts.host) does not answer")
        case .unknown(let reason): return .unknown("\(facts.host): \(reason)")
        case .present(let position): own = position
        }
        var answering = isSynchronous ? 1 : 0
        var best: (peer: Peer, position: WALPosition)?
        for peer in peers {
            guard let seen = cluster[peer.host], let theirs = seen.server.value else {
                return .unknown("\(peer.host) can't be seen")
            }
            if theirs.live?.inRecovery == false { return .refused(FailoverRefusal.alive(peer.host)) }
            guard isStill(theirs) else { return later("once \(peer.host) is cut off") }
            let position: WALPosition
            switch WALEnd.position(in: seen) {
            case .absent: return .unknown("\(peer.host) does not answer")
            case .unknown(let reason): return .unknown("\(peer.host): \(reason)")
            case .present(let found): position = found
            }
            guard own.isOnOneLine(with: position) else {
                return .refused(FailoverRefusal.diverged(facts.host, own, peer.host, position))
            }
            if peer.isSynchronous { answering += 1 }
            if position.isAhead(of: best?.position ?? own) { best = (peer, position) }
        }
        if answering < needed { return .refused(FailoverRefusal.quorum(answering, of: needed)) }
        guard let best else { return .same }
        let missing = best.position.lsn.distance(from: own.lsn)
        return .change(
            Change(
                .run, "fetches \(missing) bytes of WAL from \(best.peer.host), which has received more",
                script: Script(script(best.peer, best.position), limit: .seconds(1800))))
    }

    private func isStill(_ server: ServerFacts) -> Bool { server.isRunning && server.isCutOff }

    private func later(_ words: String) -> Finding {
        .change(
            Change(
                .run, "compares what each standby has received, \(words)",
                script: Script(Content("echo 'not yet: \(words)' >&2; false\n"))))
    }

    private func script(_ peer: Peer, _ position: WALPosition) -> Content {
        let shell = ServerShell(location)
        let functions = location.version.functions
        let question =
            "SELECT greatest(coalesce(\(functions.lastReceived)(), '0/0'), coalesce(\(functions.lastReplayed)(), '0/0')) "
            + ">= \(SQL.literal(position.lsn.description))"
        // The slot of that name may not be there.
        let statements =
            "ALTER SYSTEM SET primary_conninfo = \(SQL.literal(peer.conninfo));\n"
            + "ALTER SYSTEM SET primary_slot_name = '';"
        var script = peer.recoveryConf.map { location.writingRecoveryConf($0) } ?? shell.sql(Content(statements))
        script += Content(location.version < .v13 ? shell.restart : shell.reload)
        script += Content(
            """
            n=0; missing=
            until [ "$(\(shell.psql()) -c \(Shell.quote(question)))" = t ]; do
            n=$((n + 1))
            if [ "$n" -gt 1200 ]; then missing=yes; break; fi
            sleep 0.5
            done

            """)
        script += CutOffScript(recoveryConf: cutOff, location: location).running
        script.append("[ -z \"$missing\" ] || { echo 'the WAL that \(peer.host) has did not come' >&2; exit 1; }\n")
        return script
    }
}

extension WALPosition {
    /// Both are on one line.
    func isAhead(of other: WALPosition) -> Bool {
        timeline == other.timeline ? lsn > other.lsn : other.canFollow(self)
    }
}

/// Why nobody is promoted.
package enum FailoverRefusal {
    package static func alive(_ host: String) -> Diagnostic {
        .error(
            "failover.alive", "\(host) is primary and answers",
            hint: "`kumki switchover` changes the primary without a loss; `kumki apply` re-attaches what was cut off")
    }

    package static func diverged(
        _ host: String, _ position: WALPosition, _ other: String, _ theirs: WALPosition
    ) -> Diagnostic {
        .error(
            "failover.diverged",
            "\(host) (\(position.words)) and \(other) (\(theirs.words)) are not on one line: they had different primaries",
            hint:
                "see which one the applications wrote to last; leave the other out with `--without`, `kumki rebuild` it later"
        )
    }

    package static func quorum(_ answering: Int, of needed: Int) -> Diagnostic {
        .error(
            "failover.quorum",
            "\(answering) synchronous \(answering == 1 ? "standby answers" : "standbys answer"), \(needed) must: a commit that was confirmed may be on none of those that answer",
            hint: "bring another one back (one that is drained does not count); `--accept-loss` goes on without it")
    }
}

extension WALPosition {
    /// `timeline 2 (1 until 0/5000060), 0/6000000`
    package var words: String {
        let past = history.stretches.compactMap { stretch in
            stretch.end.map { "\(stretch.timeline) until \($0)" }
        }
        let before = past.isEmpty ? "" : " (\(past.joined(separator: ", ")))"
        return "timeline \(timeline)\(before), \(lsn)"
    }
}
