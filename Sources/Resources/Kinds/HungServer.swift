import Diagnostics
import Hosts
import PostgreSQL

/// A former primary that hangs: its processes are ended, so that it does not go on where it stood still.
package struct HungServer: InterruptsServer {
    package let name = "kill"
    package var isSmall: Bool { true }
    package var location: ServerLocation

    package init(location: ServerLocation) {
        self.location = location
    }

    package var probe: Probe { Probe(server: ServerProbe(location: location)) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .same
        case .present(let server):
            switch server.state {
            case .stopped: return .same
            case .running(let live): return live.inRecovery ? .same : .refused(FailoverRefusal.alive(facts.host))
            case .silent(let words):
                if !server.wasPrimary { return .same }
                return .change(
                    Change(
                        .run, "it hangs (\(words)) and must not go on as primary", effect: .restart,
                        script: Script(Content(script), limit: .seconds(120))))
            }
        }
    }

    /// What hangs does not listen to an order to stop; systemd, where it runs, learns that it shall stay down.
    private var script: String {
        let data = Shell.quote(location.dataDirectory)
        let unit = Shell.quote(location.unit)
        return """
            read -r p <\(data)/postmaster.pid || exit 0
            c=$(pgrep -P "$p") || :
            if [ -d /run/systemd/system ]; then systemctl kill --signal=KILL \(unit) 2>/dev/null || :; fi
            # shellcheck disable=SC2086
            kill -KILL "$p" $c 2>/dev/null || :
            if [ -d /run/systemd/system ]; then systemctl stop \(unit); fi
            n=0
            while [ -e "/proc/$p/exe" ]; do
            n=$((n + 1))
            [ "$n" -le 300 ] || { echo "process $p does not end" >&2; exit 1; }
            sleep 0.1
            done

            """
    }
}
