package import Diagnostics
import Hosts
import PostgreSQL

/// A standby that follows its upstream: what says so is written and read in one step.
package struct Attached: Resource {
    package let name = "upstream"
    package var upstream: String
    package var conninfo: String
    package var slot: String?
    /// recovery.conf, which says it before version 12.
    package var recoveryConf: Content?
    /// Whether an earlier step cuts it off, so that what it follows now says nothing.
    package var isCutBefore: Bool
    package var location: ServerLocation

    package init(
        upstream: String, conninfo: String, slot: String?, recoveryConf: Content?, isCutBefore: Bool,
        location: ServerLocation
    ) {
        self.upstream = upstream
        self.conninfo = conninfo
        self.slot = slot
        self.recoveryConf = recoveryConf
        self.isCutBefore = isCutBefore
        self.location = location
    }

    package var probe: Probe {
        Probe(server: ServerProbe(location: location, settings: ["primary_conninfo", "primary_slot_name"]))
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .same
        case .present(let server):
            if !isCutBefore && isSo(server) { return .same }
            switch server.state {
            case .silent(let words): return .unknown(words)
            case .running(let live):
                if !live.inRecovery { return .same }
                return follow(script)
            case .stopped:
                let conf = AutoConfText(server.autoConf)
                guard
                    let conf = try? conf.setting("primary_conninfo", to: conninfo)
                        .setting("primary_slot_name", to: slot ?? "")
                else { return .refused(UnreadableAutoConf(facts.host, location).diagnostic) }
                return follow(recoveryConf.map { location.writingRecoveryConf($0) } ?? conf.writing(at: location))
            }
        }
    }

    private func follow(_ script: Content) -> Finding {
        .change(
            Change(
                .update, "follows \(upstream)", effect: location.version < .v13 ? .restart : .reload,
                script: Script(script, limit: .seconds(600))))
    }

    private func isSo(_ server: ServerFacts) -> Bool {
        if let recoveryConf {
            guard let there = server.recoveryConf else { return false }
            return SettingDifference.between(there, recoveryConf.revealed).isEmpty
        }
        let file = AutoConfText(server.autoConf)
        let wanted = ["primary_conninfo": conninfo, "primary_slot_name": slot ?? ""]
        return wanted.allSatisfy { name, value in
            let written = file.value(of: name) ?? ""
            let held = server.live.map { $0.settings[name]?.setting ?? "" } ?? written
            return [written, held].allSatisfy { $0 == value || ConninfoText.same($0, value) }
        }
    }

    private var script: Content {
        let shell = ServerShell(location)
        let statements =
            "ALTER SYSTEM SET primary_conninfo = \(SQL.literal(conninfo));\n"
            + "ALTER SYSTEM SET primary_slot_name = \(SQL.literal(slot ?? ""));"
        var script = recoveryConf.map { location.writingRecoveryConf($0) } ?? shell.sql(Content(statements))
        script.append(location.version < .v13 ? shell.restart : shell.reload)
        return script
    }
}
