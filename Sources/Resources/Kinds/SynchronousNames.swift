import Diagnostics
import Hosts
import PostgreSQL

/// synchronous_standby_names: never set where it would make every commit wait for standbys that are not there.
package struct SynchronousNames: Resource {
    /// Nil when nobody confirms.
    package var value: String?
    package var standbys: [String]
    package var confirm: Int
    package var location: ServerLocation

    package init(value: String?, standbys: [String], confirm: Int, location: ServerLocation) {
        self.value = value
        self.standbys = standbys
        self.confirm = confirm
        self.location = location
    }

    var setting: LiveSettingInAutoConf {
        LiveSettingInAutoConf(setting: name, value: value, location: location)
    }

    package var name: String { "synchronous_standby_names" }
    package var probe: Probe { setting.probe }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        guard case .change(var change) = setting.compare(facts, in: cluster) else {
            return setting.compare(facts, in: cluster)
        }
        if value != nil, facts.server.value?.live?.inRecovery != true {
            change.script.text = Content(guardScript) + change.script.text
        }
        return .change(change)
    }

    /// Asked of the server at the last moment: the standbys come to stream while the plan is carried out.
    private var guardScript: String {
        let names = standbys.map(SQL.literal).joined(separator: ", ")
        let question = """
            SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND application_name IN (\(names))
            """
        return """
            if [ "$(\(ServerShell(location).psql()) -c 'SELECT pg_is_in_recovery()')" = f ]; then
            n=0
            until [ "$(\(ServerShell(location).psql()) -c \(Shell.quote(question)))" -ge \(confirm) ]; do
            n=$((n + 1))
            if [ "$n" -gt 100 ]; then
            echo "fewer than \(confirm) of \(standbys.joined(separator: ", ")) stream: every commit would wait" >&2; exit 1
            fi
            sleep 0.1
            done
            fi

            """
    }
}
