import Diagnostics
import Hosts
import PostgreSQL

/// A standby that streams from its upstream.
package struct Streaming: Awaited {
    package let name = "streaming"
    package var upstream: String
    package var upstreamAddress: String
    package var location: ServerLocation

    package init(upstream: String, upstreamAddress: String, location: ServerLocation) {
        self.upstream = upstream
        self.upstreamAddress = upstreamAddress
        self.location = location
    }

    package var probe: Probe { Probe(server: ServerProbe(location: location)) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .change(wait("a new standby of \(upstream)"))
        case .present(let server):
            guard let live = server.live else { return .change(wait("its server does not run")) }
            guard let receiver = live.receiver, receiver.status == "streaming" else {
                return .change(wait("it does not stream from \(upstream)"))
            }
            let host = ConninfoText.value(of: "host", in: receiver.conninfo)
            if let host, host != upstreamAddress {
                return .change(wait("it streams from \(host), not from \(upstream)"))
            }
            return .same
        }
    }

    package func wait(_ reason: String) -> Change {
        let question = "SELECT 1 FROM pg_stat_wal_receiver WHERE status = 'streaming' "
        let pattern = SQL.literal("%host=\(upstreamAddress) %")
        let psql = ServerShell(location).psql()
        let text = """
            n=0
            until [ "$(\(psql) -c \(Shell.quote(question + "AND conninfo || ' ' LIKE \(pattern)")) 2>/dev/null)" = 1 ]; do
            n=$((n + 1))
            if [ "$n" -gt 240 ]; then
            echo "no WAL comes from \(upstream) (\(upstreamAddress):\(location.port)) after a minute" >&2
            \(psql) -c "SELECT 'receiver: ' || status || ', ' || conninfo FROM pg_stat_wal_receiver" >&2 || :
            l=/var/log/postgresql/postgresql-\(location.version)-main.log
            [ -s "$l" ] && tail -n 8 "$l" >&2
            exit 1
            fi
            sleep 0.2
            done

            """
        return Change(.run, reason, script: Script(Content(text), limit: .seconds(120)))
    }
}
