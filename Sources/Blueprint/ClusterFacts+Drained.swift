package import Inventory
package import Resources

extension ClusterFacts {
    /// The database hosts that are out of service, and since when, as their own marks say.
    package func drained(in inventory: Inventory) -> [String: String] {
        let path = HostMark.path(.drained, cluster: inventory.cluster)
        var drained: [String: String] = [:]
        for host in inventory.databaseHosts {
            guard case .present(let text)? = self[host.name]?.content(path) else { continue }
            drained[host.name] = String(text.prefix { $0 != "\n" })
        }
        return drained
    }
}
