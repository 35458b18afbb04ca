package import Inventory
import PostgreSQL
package import Resources

extension ClusterFacts {
    /// Those of the hosts, absent by name, that nobody streams from: what they are declared to pass on comes from the
    /// primary meanwhile.
    package func unfollowed(_ hosts: Set<String>, in inventory: Inventory) -> Set<String> {
        hosts.filter { name in
            guard self[name] == nil, let address = inventory.host(name)?.address else { return false }
            return !inventory.databaseHosts.contains { other in
                guard let receiver = server(of: other.name)?.live?.receiver, receiver.status == "streaming" else {
                    return false
                }
                return (try? Conninfo(parsing: receiver.conninfo))?["host"] == address
            }
        }
    }
}
