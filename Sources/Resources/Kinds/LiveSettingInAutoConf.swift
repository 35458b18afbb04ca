import Diagnostics
import Hosts
import PostgreSQL

/// One setting in postgresql.auto.conf, compared by its live value; nil means that it shall not be set.
package struct LiveSettingInAutoConf: Resource {
    package var setting: String
    package var value: String?
    package var location: ServerLocation

    package init(setting: String, value: String?, location: ServerLocation) {
        self.setting = setting
        self.value = value
        self.location = location
    }

    package var name: String { setting }

    package var probe: Probe { Probe(server: ServerProbe(location: location, settings: [setting])) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent:
            return value == nil ? .same : change(.create, from: nil, effect: .none, script: Content())
        case .present(let server):
            if let live = server.live { return compare(live, on: server) }
            let there = AutoConfText(server.autoConf).value(of: setting)
            if same(there, value) { return .same }
            guard let conf = try? AutoConfText(server.autoConf).setting(setting, to: value) else {
                return .refused(UnreadableAutoConf(facts.host, location).diagnostic)
            }
            return change(.update, from: there, effect: .none, script: conf.writing(at: location))
        }
    }

    private func compare(_ live: LiveServer, on server: ServerFacts) -> Finding {
        // What lies in the file counts: a value that waits for its restart must not be written twice.
        let there = AutoConfText(server.autoConf).value(of: setting) ?? live.settings[setting]?.setting
        if same(there, value) { return .same }
        let statement =
            value.map { "ALTER SYSTEM SET \(SQL.identifier(setting)) = \(SQL.literal($0));" }
            ?? "ALTER SYSTEM RESET \(SQL.identifier(setting));"
        let effect: Change.Effect = SettingKnowledge(location.version).effect(of: setting)
        return change(.update, from: there, effect: effect, script: ServerShell(location).sql(Content(statement)))
    }

    private func change(
        _ action: Change.Action, from there: String?, effect: Change.Effect, script: Content
    ) -> Finding {
        if setting == "primary_conninfo", let there, let value, let words = ConninfoText.difference(there, value) {
            return .change(Change(action, words, effect: effect, basis: there, script: Script(script)))
        }
        let old = there.map { $0.isEmpty ? "unset" : ConninfoText.masked($0) } ?? "unset"
        let new = value.map { $0.isEmpty ? "unset" : $0 } ?? "unset"
        return .change(
            Change(action, "\(old) -> \(new)", effect: effect, basis: there, script: Script(script)))
    }

    /// Connection strings are the same when they say the same, in whatever order and quoting.
    private func same(_ left: String?, _ right: String?) -> Bool {
        let left = left ?? ""
        let right = right ?? ""
        if left == right { return true }
        if setting == "primary_conninfo" { return ConninfoText.same(left, right) }
        return false
    }
}
