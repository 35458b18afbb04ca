package import PostgreSQL

/// Where the WAL that a standby has ends, and on which line, as it says over the replication protocol.
///
/// Nothing else tells the timeline of what was received: pg_control lags behind, and a file name may be that of a line
/// that was never followed.
/// - Source: PostgreSQL documentation, "Streaming Replication Protocol", IDENTIFY_SYSTEM.
package enum WALEnd {
    package static let reading = "end of the WAL"

    /// Prints the answer, then the history file of its timeline; nothing where no server runs.
    package static func fragment(at location: ServerLocation) -> String {
        let data = Shell.quote(location.dataDirectory)
        return """
            if [ -e \(data)/postmaster.pid ]; then
            \(ServerShell(location).answers) || exit 1
            \(settled(at: location, tries: 200))
            echo "$end"
            read -r x t x <<END
            $end
            END
            h=\(data)/\(location.version.walDirectoryName)/$(printf %08X "$t").history
            [ ! -e "$h" ] || cat "$h"
            fi
            """
    }

    /// Lines that put the answer into `$end`, once it no longer changes where nothing was streamed yet: what lies on disk
    /// is still being replayed then. They fail with the shell when it goes on for too long.
    static func settled(at location: ServerLocation, tries: Int) -> String {
        let psql = ServerShell(location).psql(limit: 15)
        let received = location.version.functions.lastReceived
        let replaying = "SELECT CASE WHEN pg_is_in_recovery() AND \(received)() IS NULL THEN 'yes' END"
        return """
            ask() { \(psql) -d 'dbname=postgres replication=database' -c IDENTIFY_SYSTEM; }
            end=$(ask) || exit 1
            if [ "$(\(psql) -c \(Shell.quote(replaying)))" = yes ]; then
            n=0; same=0
            while [ "$same" -lt 10 ]; do
            n=$((n + 1))
            [ "$n" -le \(tries) ] || { echo 'the standby still replays its own WAL' >&2; exit 1; }
            sleep 0.1
            now=$(ask) || exit 1
            if [ "$now" = "$end" ]; then same=$((same + 1)); else same=0; end=$now; fi
            done
            fi
            """
    }

    /// What a host's probe read by ``fragment(at:)``.
    package static func position(in facts: HostFacts) -> Reading<WALPosition> {
        let text: String
        switch facts.command(reading) {
        case .absent: return .absent
        case .unknown(let reason): return .unknown(reason)
        case .present(let output): text = output
        }
        let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        let fields = lines[0].split(separator: "\t")
        guard fields.count >= 3, let timeline = Timeline(String(fields[1])), let lsn = LSN(fields[2]) else {
            return .unknown("what it says of its WAL can't be read: \(lines[0])")
        }
        let file = lines.count > 1 ? String(lines[1]) : ""
        let history = try? TimelineHistory(timeline: timeline, parsing: file)
        return .present(WALPosition(history: history ?? TimelineHistory(timeline: timeline), lsn: lsn))
    }
}
