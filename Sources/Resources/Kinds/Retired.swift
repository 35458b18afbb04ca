import Diagnostics
import Hosts
import PostgreSQL

/// A server that is stopped and does not start again; its data stays.
package struct Retired: InterruptsServer {
    package enum Reason: String, Hashable, Sendable {
        /// The host is to leave the cluster.
        case absent = "its host is declared absent"
        case drained = "its host goes out of service"
    }

    package let name = "retired"
    package var location: ServerLocation
    package var reason: Reason

    package init(location: ServerLocation, reason: Reason = .absent) {
        self.location = location
        self.reason = reason
    }

    /// What Debian's scripts read of a server: `auto`, `manual` or `disabled`.
    private var startFile: String { location.configDirectory + "/start.conf" }

    package var probe: Probe {
        location.isDistribution
            ? Probe(contents: [startFile], server: ServerProbe(location: location))
            : Probe(units: [location.unit], server: ServerProbe(location: location))
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .same
        case .present(let server):
            if case .stopped = server.state { return compareStart(facts) }
            return retire(.run, "\(reason.rawValue): the server stops and stays so", effect: .restart)
        }
    }

    private func compareStart(_ facts: HostFacts) -> Finding {
        let starts: Bool
        if location.isDistribution {
            switch facts.content(startFile) {
            case .unknown(let reason): return .unknown(reason)
            case .absent: starts = false
            case .present(let text): starts = text.split(separator: "\n").contains("auto")
            }
        } else {
            if !facts.system.hasSystemd { return .same }
            switch facts.unit(location.unit) {
            case .unknown(let reason): return .unknown(reason)
            case .absent: starts = false
            case .present(let unit): starts = unit.isEnabled
            }
        }
        return starts ? retire(.update, "\(reason.rawValue): the server starts no more with it") : .same
    }

    private func retire(_ action: Change.Action, _ words: String, effect: Change.Effect = .none) -> Finding {
        let disabled = FileWriting(
            path: startFile, content: "disabled\n", mode: "0644", owner: location.account, group: location.account)
        var text = action == .run ? Content(ServerShell(location).stop) : Content()
        if location.isDistribution {
            text.append("if [ -e \(Shell.quote(startFile)) ]; then\n")
            text += disabled.script
            text.append("fi\n")
        } else {
            text.append("[ ! -d /run/systemd/system ] || systemctl -q disable \(Shell.quote(location.unit))\n")
        }
        return .change(
            Change(action, words, effect: effect, script: Script(text, limit: .seconds(500))))
    }
}
