import Diagnostics
import Hosts
import PostgreSQL

/// Declared settings that somebody overrode with ALTER SYSTEM: they win over postgresql.conf until they are reset.
package struct AutoConfOverrides: Resource {
    package let name = "postgresql.auto.conf"
    /// Every setting that postgresql.conf declares.
    package var declared: Set<String>
    package var location: ServerLocation

    package init(declared: Set<String>, location: ServerLocation) {
        self.declared = declared
        self.location = location
    }

    package var probe: Probe { Probe(server: ServerProbe(location: location)) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        guard case .present(let server) = facts.server else {
            if case .unknown(let reason) = facts.server { return .unknown(reason) }
            return .same
        }
        let conf = AutoConfText(server.autoConf)
        let overridden = conf.names.filter { declared.contains($0) && !ManagedLiveSettings.names.contains($0) }
        if overridden.isEmpty { return .same }
        let catalog = SettingKnowledge(location.version)
        let effects = overridden.map { catalog.effect(of: $0) }
        let effect: Change.Effect = !server.isRunning ? .none : effects.contains(.restart) ? .restart : .reload
        let words = overridden.map { "ALTER SYSTEM set \($0) = \(conf.value(of: $0) ?? "")" }
        guard let script = try? script(resetting: overridden, in: conf, isRunning: server.isRunning) else {
            return .refused(UnreadableAutoConf(facts.host, location).diagnostic)
        }
        // Of the rest of the file other steps write their own lines meanwhile.
        let reason = words.joined(separator: ", ")
        return .change(Change(.delete, reason, effect: effect, basis: reason, script: Script(script)))
    }

    private func script(resetting names: [String], in conf: AutoConfText, isRunning: Bool) throws -> Content {
        if isRunning {
            let statements = names.map { "ALTER SYSTEM RESET \(SQL.identifier($0));" }.joined(separator: "\n")
            return ServerShell(location).sql(Content(statements))
        }
        return try names.reduce(conf) { try $0.setting($1, to: nil) }.writing(at: location)
    }
}

extension AutoConfText {
    /// Lines that put the text in the file's place.
    func writing(at location: ServerLocation) -> Content {
        FileWriting(
            path: location.autoConfFile, content: Content(text), mode: "0600", owner: location.account,
            group: location.account
        ).script
    }
}

/// A postgresql.auto.conf that PostgreSQL itself would not read.
struct UnreadableAutoConf {
    let diagnostic: Diagnostic

    init(_ host: String, _ location: ServerLocation) {
        diagnostic = .error(
            "conf.unreadable", "\(host): \(location.autoConfFile) has lines that PostgreSQL can't read",
            hint: "mend or remove them by hand: the server does not start with them either")
    }
}
