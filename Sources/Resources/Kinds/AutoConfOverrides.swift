import Diagnostics
import Hosts
package import PostgreSQL

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
        let conf = AutoConf(server.autoConf)
        let overridden = conf.names.filter { declared.contains($0) && !ManagedLiveSettings.names.contains($0) }
        if overridden.isEmpty { return .same }
        let catalog = SettingCatalog.catalog(for: location.version)
        let effects = overridden.map { catalog.effect(of: $0) }
        let effect: Change.Effect = effects.contains(.restart) ? .restart : .reload
        let words = overridden.map { "ALTER SYSTEM set \($0) = \(conf.value(of: $0) ?? "")" }
        return .change(
            Change(
                .delete, words.joined(separator: ", "), effect: effect, basis: server.autoConf,
                script: Script(script(resetting: overridden, in: server))))
    }

    private func script(resetting names: [String], in server: ServerFacts) -> Content {
        if server.isRunning {
            let statements = names.map { "ALTER SYSTEM RESET \(SQL.identifier($0));" }.joined(separator: "\n")
            return ServerShell(location).sql(Content(statements))
        }
        var conf = AutoConf(server.autoConf)
        for name in names { conf.set(name, to: nil) }
        return FileWriting(
            path: location.autoConfFile, content: Content(conf.text), mode: "0600", owner: location.account,
            group: location.account
        ).script
    }
}
