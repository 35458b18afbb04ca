package import Diagnostics
import Hosts
import PostgreSQL

/// A standby that follows nobody: nothing comes to it any more, and it confirms nothing to anybody.
package struct CutOff: Resource {
    package let name = "cut"
    /// recovery.conf without an upstream, which says it before version 12.
    package var recoveryConf: Content?
    package var location: ServerLocation

    package init(recoveryConf: Content?, location: ServerLocation) {
        self.recoveryConf = recoveryConf
        self.location = location
    }

    package var probe: Probe { Probe(server: ServerProbe(location: location, settings: ["primary_conninfo"])) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .same
        case .present(let server):
            switch server.state {
            case .silent(let words): return .unknown(words)
            case .running(let live):
                if !live.inRecovery || server.isCutOff { return .same }
                return cut(CutOffScript(recoveryConf: recoveryConf, location: location).running)
            case .stopped:
                if server.isCutOff { return .same }
                guard let conf = try? AutoConfText(server.autoConf).setting("primary_conninfo", to: "") else {
                    return .refused(UnreadableAutoConf(facts.host, location).diagnostic)
                }
                return cut(recoveryConf.map { location.writingRecoveryConf($0) } ?? conf.writing(at: location))
            }
        }
    }

    private func cut(_ script: Content) -> Finding {
        .change(
            Change(
                .update, "follows nobody until the new primary is there",
                effect: location.version < .v13 ? .restart : .reload,
                script: Script(script, limit: .seconds(900))))
    }
}

/// Lines that take a running standby's upstream away; before 13 that needs a restart.
struct CutOffScript {
    let recoveryConf: Content?
    let location: ServerLocation

    var running: Content {
        let shell = ServerShell(location)
        var script = shell.sql("ALTER SYSTEM SET primary_conninfo = '';")
        if let recoveryConf { script = location.writingRecoveryConf(recoveryConf) }
        if location.version < .v13 {
            // What it has on disk it replays again; only then it knows how far it is.
            script += Content("\(shell.restart)\(WALEnd.settled(at: location, tries: 6000))\n")
        } else {
            script += Content(shell.reload + receiverEnds)
        }
        return script
    }

    /// A standby that replays late ends its receiver only when it has come to it, so it is ended by hand: what starts
    /// it anew has read the settings before.
    private var receiverEnds: String {
        """
        n=0
        while :; do
        p=$(\(ServerShell(location).psql()) -c 'SELECT pid FROM pg_stat_wal_receiver') || exit 1
        [ -n "$p" ] || break
        n=$((n + 1))
        [ "$n" -le 300 ] || { echo 'the WAL receiver does not end' >&2; exit 1; }
        [ "$n" -lt 20 ] || kill "$p" 2>/dev/null || :
        sleep 0.1
        done

        """
    }
}

extension ServerFacts {
    /// Whether it has no upstream, neither in its files nor in what it read of them.
    var isCutOff: Bool {
        if let recoveryConf {
            let file = ConfigurationFile(parsing: recoveryConf, name: "recovery.conf")
            return file["primary_conninfo"] == nil && live?.receiver == nil
        }
        let written = AutoConfText(autoConf).value(of: "primary_conninfo")
        guard let live else { return written == "" }
        return written == "" && (live.settings["primary_conninfo"]?.setting ?? "") == "" && live.receiver == nil
    }

    /// Whether it was a primary when it stopped, or stopped answering, as pg_control says.
    ///
    /// standby.signal says nothing of that: it may have been put there so that a former primary does not come back.
    package var wasPrimary: Bool {
        if let live { return !live.inRecovery }
        switch control?.state {
        case .shutDown, .shuttingDown, .inProduction, .inCrashRecovery, .startingUp: return true
        case .shutDownInRecovery, .inArchiveRecovery, nil: return false
        }
    }
}

extension ServerLocation {
    func writingRecoveryConf(_ content: Content) -> Content {
        FileWriting(path: recoveryFile, content: content, mode: "0600", owner: account, group: account).script
    }
}
