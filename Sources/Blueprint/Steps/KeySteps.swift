import Diagnostics
import Inventory
import Resources

/// Keys of the servers' accounts, among all database hosts.
enum KeySteps {
    static func key(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        [KeyPair(location: design.location)]
    }

    static func authorizedKeys(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        [AuthorizedKeys(cluster: design.inventory.cluster, peers: peers(of: host, design), location: design.location)]
    }

    static func knownHosts(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        [KnownHosts(cluster: design.inventory.cluster, peers: peers(of: host, design), location: design.location)]
    }

    private static func peers(of host: InventoryHost, _ design: Design) -> [AuthorizedKeys.Peer] {
        design.databaseHosts.filter { $0.name != host.name }
            .map { AuthorizedKeys.Peer(host: $0.name, address: $0.address) }
    }
}
