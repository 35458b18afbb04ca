package import Diagnostics
import Hosts
import PostgreSQL

/// postgresql.conf: a managed file whose changes are told by setting, and which the server checks before it counts.
package struct ServerConfigurationFile: Resource {
    package var file: ManagedFile
    package var location: ServerLocation

    package init(name: String = "postgresql.conf", content: Content, location: ServerLocation) {
        self.location = location
        file = ManagedFile(
            name: name, path: location.configFile, content: content, mode: "0644", owner: location.account,
            group: location.account, effect: .reload, check: Self.check(location))
    }

    package var name: String { file.name }
    package var probe: Probe { file.probe.union(Probe(server: ServerProbe(location: location))) }
    package var detail: Probe { file.detail }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        guard case .change(var change) = file.compare(facts, in: cluster) else {
            return file.compare(facts, in: cluster)
        }
        let isRunning = facts.server.value?.isRunning ?? false
        if !isRunning { change.effect = .none }
        guard change.action == .update, let old = facts.contents[location.configFile]?.value else {
            return .change(change)
        }
        let differences = SettingDifference.between(old, file.writing.content.revealed)
            .filter { !isIncluded($0, in: facts.server.value?.live) }
        if differences.isEmpty { return .change(change) }
        change.reason = differences.map(\.description).joined(separator: ", ")
        let catalog = SettingKnowledge(location.version)
        // The same value in another spelling changes nothing of the server.
        let effects = differences.filter { !catalog.isSame($0) }.map { catalog.effect(of: $0.name) }
        if isRunning { change.effect = effects.contains(.restart) ? .restart : effects.isEmpty ? .none : .reload }
        if change.effect == .restart {
            change.script.text = Content(PreviousConfiguration(location).keep) + change.script.text
        }
        return .change(change)
    }

    /// Whether a file that the old one includes, or ALTER SYSTEM, has said so all along.
    private func isIncluded(_ difference: SettingDifference, in live: LiveServer?) -> Bool {
        let name = difference.name.lowercased()
        guard let value = difference.new, let found = live?.settings[name] else { return false }
        return found.source == "configuration file" && found.sourceFile != location.configFile
            && found.holds(value, as: name, version: location.version)
    }

    /// The server program reads the new file whole before it takes the old one's place.
    private static func check(_ location: ServerLocation) -> String {
        let postgres = ServerShell(location).program("postgres")
        return """
            if [ -x \(Shell.quote(location.binDirectory + "/postgres")) ] && [ -e \(Shell.quote(location.dataDirectory + "/PG_VERSION")) ]; then
            c=$(mktemp -d); cp -- "$t" "$c/postgresql.conf"; chown -R \(location.account) "$c"
            if ! said=$(\(postgres) -C server_version -c config_file="$c/postgresql.conf" 2>&1); then
            rm -rf -- "$c" "$t"
            printf '%s\\n' "PostgreSQL does not accept the new postgresql.conf; the old one stays:" "$said" >&2; exit 1
            fi
            rm -rf -- "$c"
            fi
            """
    }
}
