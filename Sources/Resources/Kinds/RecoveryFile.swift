package import Diagnostics
import Hosts
import PostgreSQL

/// recovery.conf, which makes a server before version 12 a standby; compared by what it says.
package struct RecoveryFile: Resource {
    package let name = "recovery.conf"
    package var content: Content
    package var location: ServerLocation

    package init(content: Content, location: ServerLocation) {
        self.content = content
        self.location = location
    }

    package var probe: Probe { Probe(server: ServerProbe(location: location)) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        // It comes with the base backup.
        case .absent: return .same
        case .present(let server):
            if server.dataVersion == nil { return .same }
            guard let there = server.recoveryConf else {
                return change(.create, "recovery.conf is missing: the server would start as a primary", server)
            }
            let differences = SettingDifference.between(there, content.revealed)
                .filter { !($0.name == "primary_conninfo" && ConninfoText.same($0.old ?? "", $0.new ?? "")) }
            if differences.isEmpty { return .same }
            return change(.update, differences.map(\.description).joined(separator: ", "), server)
        }
    }

    private func change(_ action: Change.Action, _ reason: String, _ server: ServerFacts) -> Finding {
        let file = FileWriting(
            path: location.recoveryFile, content: content, mode: "0600", owner: location.account,
            group: location.account)
        return .change(
            Change(
                action, reason, effect: server.isRunning ? .restart : .none,
                diff: FileDiff(writing: file, old: server.recoveryConf).text, basis: server.recoveryConf,
                script: Script(file.script)))
    }
}
