package import Diagnostics
import Hosts
package import PostgreSQL

/// A data directory that is on the live primary's line again: what it has beside it is thrown away by pg_rewind.
///
/// Nothing is touched before pg_rewind has said, in a dry run, that it can do it. From then until the standby's own
/// files are back a mark lies beside the data directory: with that only a new copy goes on.
package struct Rewind: Resource {
    package let name = "rewind"
    package var location: ServerLocation
    package var primary: String
    /// How pg_rewind reaches the primary; it holds no password.
    package var connection: Conninfo
    /// postgresql.auto.conf's part from 12 on, recovery.conf before.
    package var standbyFile: Content
    /// How WAL comes back from an archive that every host sees; nil without one.
    package var restoreCommand: String?

    package init(
        location: ServerLocation, primary: String, connection: Conninfo, standbyFile: Content,
        restoreCommand: String? = nil
    ) {
        self.location = location
        self.primary = primary
        self.connection = connection
        self.standbyFile = standbyFile
        self.restoreCommand = restoreCommand
    }

    package var probe: Probe { Divergence.probe(location) }
    package var peerProbes: [String: Probe] { [primary: Divergence.probe(location)] }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        if case .absent = facts.server {
            return .refused(
                impossible(facts.host, "it holds no data", hint: "`kumki apply` copies it from its upstream"))
        }
        switch Divergence(of: facts, from: cluster[primary]) {
        case .none: return .same
        case .unknown(let reason): return .unknown(reason)
        case .hopeless(let words): return .refused(impossible(facts.host, words))
        case .forked(let fork):
            if let words = obstacle(facts) { return .refused(impossible(facts.host, words)) }
            do {
                return .change(
                    Change(
                        .update, reason(fork), effect: .rebuild, destroysData: true,
                        script: try script(fork, on: facts.host)))
            } catch {
                return .refused(
                    .error("conninfo.syntax", "\(facts.host): the connection to \(primary) can't be written: \(error)"))
            }
        }
    }

    private func impossible(_ host: String, _ words: String, hint: String? = nil) -> Diagnostic {
        .error(
            "rejoin.impossible", "\(host) can't be rewound: \(words)",
            hint: hint ?? "`kumki rebuild INVENTORY \(host)` copies it afresh and keeps what is there")
    }

    /// What pg_rewind needs of its target, or of the role that it connects as.
    private func obstacle(_ facts: HostFacts) -> String? {
        if !location.version.canRewindWithGrants {
            return
                "pg_rewind of PostgreSQL \(location.version) must connect as a superuser, which the replication user is not to be used for"
        }
        guard let control = facts.server.value?.control else { return "its control file can't be read" }
        if !control.hasChecksums, !control.walLogHints {
            return "it has neither data checksums nor wal_log_hints, and pg_rewind needs one of them"
        }
        return nil
    }

    private func reason(_ fork: Divergence.Fork) -> String {
        let point = "it left \(primary)'s line at \(fork.point.lsn) on timeline \(fork.point.timeline)"
        guard let bytes = fork.bytes else { return "\(point); all WAL that it wrote after that is thrown away" }
        return "\(point); \(bytes) bytes of WAL that only it has are thrown away"
    }

    private func script(_ fork: Divergence.Fork, on host: String) throws -> Script {
        let mark = Shell.quote(location.failureMark)
        var text = Content(recovery)
        text.append(try attempt(dryRun: true, host))
        // Where the end of its WAL could not be read, pg_rewind is the one to know.
        text.append(
            """
            case $said in *'no rewind required'*)
            \(fork.bytes == nil ? ":" : "echo 'pg_rewind sees nothing to take back here: only a new copy helps, kumki rebuild INVENTORY \(host)' >&2; exit 1")
            ;;
            *)
            echo "a pg_rewind that began at $(date -u +%FT%TZ) did not end" >\(mark)
            sync -- \(mark) "$(dirname -- \(mark))"
            \(try attempt(dryRun: false, host))
            ;;
            esac

            """)
        text += StandbyFiles(location: location, content: standbyFile, superseded: ManagedLiveSettings.upstream)
            .script(in: location.dataDirectory)
        text.append(
            """
            \(needsOwnFile ? "rm -f -- \(ownFile)\n" : "")sync -f \(Shell.quote(location.dataDirectory))
            rm -f -- \(mark)

            """)
        return Script(text, limit: .seconds(86_400))
    }

    /// pg_rewind wants a server that was shut down. A crashed standby starts once more as what it is, a crashed
    /// primary recovers alone: pg_rewind's own recovery would not find a postgresql.conf outside the data directory.
    private var recovery: String {
        let shell = ServerShell(location)
        let data = Shell.quote(location.dataDirectory)
        let single = location.version.programs.singleUserRecovery(
            dataDirectory: location.dataDirectory, configFile: location.configFile)
        let standbyFile = Shell.quote(location.dataDirectory + "/" + location.version.standbyFileName)
        return """
            state=$(\(Shell.quote(location.binDirectory))/pg_controldata \(data) | sed -n 's/^Database cluster state: *//p')
            case $state in
            'shut down' | 'shut down in recovery') ;;
            *)
            if [ -e \(standbyFile) ]; then
            \(shell.start)\(shell.stop)else
            said=$(\(shell.program(single)) </dev/null 2>&1) || { printf '%s\\n' "$said" | tail -n 8 >&2; exit 1; }
            fi
            ;;
            esac

            """
    }

    private func attempt(dryRun: Bool, _ host: String) throws -> String {
        let words = try location.version.programs.rewind(
            dataDirectory: location.dataDirectory, source: connection, configFile: location.configFile,
            restoresWAL: restoreCommand != nil, dryRun: dryRun)
        let advice =
            dryRun
            ? "nothing was changed; if it can't be mended: kumki rebuild INVENTORY \(host)"
            : "the data directory is neither old nor new now: only kumki rebuild INVENTORY \(host) goes on"
        return """
            \(dryRun ? ownFileScript : "")said=$(\(ServerShell(location).program(words)) 2>&1) || {
            \(dryRun && needsOwnFile ? "rm -f -- \(ownFile)\n" : "")printf '%s\\n' "$said" | tail -n 8 >&2
            echo \(Shell.quote(advice)) >&2
            exit 1
            }
            """ + "\n"
    }

    // MARK: Before 15

    /// Before 15 pg_rewind looks for restore_command in the data directory's own postgresql.conf, and nowhere else.
    private var needsOwnFile: Bool {
        restoreCommand != nil && location.version.rewindRestoresWAL && !location.version.rewindTakesConfigFile
    }

    private var ownFile: String { Shell.quote(location.dataDirectory + "/postgresql.conf") }

    private var ownFileScript: String {
        guard needsOwnFile, let restoreCommand else { return "" }
        let line =
            "restore_command = " + "'"
            + restoreCommand.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "''") + "'"
        return """
            printf '%s\\n' \(Shell.quote(line)) >\(ownFile)
            chown \(location.account):\(location.account) \(ownFile)

            """
    }
}
