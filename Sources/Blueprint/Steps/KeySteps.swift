import Diagnostics
import Inventory
import Resources

/// Keys of the servers' accounts, among all database hosts.
enum KeySteps {
    static func key(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        [KeyPair(use(design))]
    }

    static func authorizedKeys(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        [AuthorizedKeys(use(design), peers: peers(of: host, design))]
    }

    static func knownHosts(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        [KnownHosts(use(design), peers: peers(of: host, design))]
    }

    private static func use(_ design: Design) -> KeyUse {
        KeyUse(of: design.location, cluster: design.inventory.cluster)
    }

    private static func peers(of host: InventoryHost, _ design: Design) -> [AuthorizedKeys.Peer] {
        design.databaseHosts.filter { $0.name != host.name }
            .map { AuthorizedKeys.Peer(host: $0.name, address: $0.address) }
    }
}
