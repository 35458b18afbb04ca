import Diagnostics
import Hosts
import PostgreSQL

/// postgresql.conf of a standby once more, with the lower values that it had to keep back until the primary's WAL asked
/// for no more: it waits until the standby's pg_control shows them.
package struct LoweredSettings: Resource {
    package var file: ServerConfigurationFile
    /// What pg_control must show at most, by the setting's name.
    package var floors: [String: Int]
    package var location: ServerLocation

    package init(file: ServerConfigurationFile, floors: [String: Int], location: ServerLocation) {
        self.file = file
        self.floors = floors
        self.location = location
    }

    package var name: String { file.name }
    package var probe: Probe { file.probe }
    package var detail: Probe { file.detail }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        guard case .change(var change) = file.compare(facts, in: cluster) else {
            return file.compare(facts, in: cluster)
        }
        change.reason = "lowered once the primary's WAL allows it: \(change.reason)"
        // The file is written twice in one run: the first writing is the basis of this one.
        change.basis = nil
        change.script.text = Content(wait) + change.script.text
        change.script.limit = .seconds(180)
        return .change(change)
    }

    /// The primary logs its new values when it starts; a standby's pg_control shows them when it has replayed that.
    private var wait: String {
        let data = Shell.quote(location.dataDirectory)
        let control = "LC_ALL=C \(Shell.quote(location.binDirectory + "/pg_controldata")) \(data)"
        let rules = floors.sorted { $0.key < $1.key }.map { name, floor in
            "/^\(Self.label(name)) setting:/ && $NF > \(floor) { print \"\(name) \" $NF }"
        }
        return """
            n=0
            while high=$(\(control) | awk '\(rules.joined(separator: "; "))'); [ -n "$high" ]; do
            n=$((n + 1))
            if [ "$n" -gt 300 ]; then echo "pg_control still shows: $high" >&2; exit 1; fi
            sleep 0.4
            done

            """
    }

    /// pg_controldata's own words: `max_locks_per_xact setting`, `max_prepared_xacts setting`.
    private static func label(_ setting: String) -> String {
        switch setting {
        case "max_prepared_transactions": "max_prepared_xacts"
        case "max_locks_per_transaction": "max_locks_per_xact"
        default: setting
        }
    }
}
