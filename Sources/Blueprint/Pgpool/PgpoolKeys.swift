import Diagnostics
import Inventory
import Resources

/// The keys with which the scripts of one host's pgpool-II reach the others, for a few words and nothing else.
enum PgpoolKeys {
    static func areExchanged(_ design: Design) -> Bool {
        design.hasWatchdog && design.inventory.keyExchange != .off
    }

    static func use(_ design: Design) -> KeyUse {
        let cluster = design.inventory.cluster
        let location = PgpoolLocation(design.inventory, version: nil)
        return KeyUse(
            account: location.account, home: location.home, file: "kumki-\(cluster)",
            command: PgpoolScripts.hand.path(in: location), mark: "\(cluster) failover", prefix: "failover ")
    }

    static func key(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        areExchanged(design) ? [KeyPair(use(design))] : []
    }

    static func authorizedKeys(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        guard areExchanged(design), host.state == .present else { return [] }
        let peers = peers(design.inventory.poolHosts, of: host)
        return peers.isEmpty ? [] : [AuthorizedKeys(use(design), peers: peers)]
    }

    static func knownHosts(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        guard areExchanged(design) else { return [] }
        let peers = peers(design.inventory.hosts.filter { $0.state == .present }, of: host)
        return peers.isEmpty ? [] : [KnownHosts(use(design), peers: peers)]
    }

    private static func peers(_ hosts: [InventoryHost], of host: InventoryHost) -> [AuthorizedKeys.Peer] {
        hosts.filter { $0.name != host.name }.map { AuthorizedKeys.Peer(host: $0.name, address: $0.address) }
    }
}
