import Diagnostics
import Inventory
import PostgreSQL
import Resources

/// How a standby becomes primary when the primary is gone.
enum FailoverSteps {
    static func cut(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        guard design.isTakingOver else { return [] }
        return [CutOff(recoveryConf: try design.recoveryConfCutOff(of: host), location: design.location)]
    }

    static func primaryFile(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        [NoStandbyFile(location: design.location)]
    }

    static func caughtUp(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        guard design.isTakingOver else { return [] }
        let synchronous = Set(design.topology.synchronousHosts)
        var peers: [CaughtUp.Peer] = []
        for other in design.others(than: host) {
            let connection = try UpstreamConnection(design, host, upstream: other)
            let file = design.version < .v12 ? try design.recoveryConf(host, connection, hasSlot: false) : nil
            peers.append(
                CaughtUp.Peer(
                    host: other.name, conninfo: connection.conninfo, recoveryConf: file,
                    isSynchronous: synchronous.contains(other.name)))
        }
        return [
            CaughtUp(
                peers: peers, isSynchronous: synchronous.contains(host.name),
                needed: design.operation.takeover?.needed ?? 0, cutOff: try design.recoveryConfCutOff(of: host),
                location: design.location)
        ]
    }

    static func takeOver(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        guard design.isTakingOver else { return [] }
        let takeover = design.operation.takeover
        let leftAlone = design.databaseHosts.filter {
            takeover?.leftAlone.contains($0.name) == true && design.server(of: $0)?.wasPrimary == true
        }
        let servers = design.databaseHosts.map { ($0.name, $0.address) }
        return [
            Takeover(
                peers: (design.others(than: host) + leftAlone).map(\.name), fenced: takeover?.fenced ?? [],
                servers: Dictionary(servers) { first, _ in first }, location: design.location)
        ]
    }

    static func kill(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        [HungServer(location: design.location)]
    }

    static func attached(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        guard let upstream = design.upstream(of: host) else { return [] }
        let connection = try UpstreamConnection(design, host, upstream: upstream)
        return [
            Attached(
                upstream: upstream.name, conninfo: connection.conninfo, slot: connection.slot,
                recoveryConf: design.version < .v12 ? try design.recoveryConf(host, connection) : nil,
                isCutBefore: design.isTakingOver, location: design.location)
        ]
    }

    /// Where too few are left to confirm, commits wait until the former primary is back, and so would we.
    static func confirmed(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        let there = Set(design.others(than: host).map(\.name))
        let confirm = design.inventory.replication.confirm
        guard design.synchronousStandbyNames != nil,
            design.topology.synchronousStandbys.count(where: there.contains) >= confirm
        else { return [] }
        return [Confirmed(confirm: confirm, location: design.location)]
    }
}

extension Design {
    /// The database hosts that take part in a failover, beside the new primary.
    fileprivate func others(than host: InventoryHost) -> [InventoryHost] {
        let leftAlone = operation.takeover?.leftAlone ?? []
        return databaseHosts.filter { other in
            other.name != host.name && !leftAlone.contains(other.name) && !drained.contains(other.name)
                && (facts == nil || facts?[other.name] != nil)
        }
    }

    fileprivate func recoveryConfCutOff(of host: InventoryHost) throws(Problems) -> Content? {
        version < .v12 ? try recoveryConf(host, nil) : nil
    }
}
