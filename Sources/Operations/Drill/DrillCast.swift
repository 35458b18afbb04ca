package import Diagnostics
package import Inventory
import PostgreSQL

/// Who plays which part in a drill.
package struct DrillCast: Hashable, Sendable {
    package let fault: DrillFault
    /// The host that is primary when it begins.
    package let primary: String
    /// The host that the fault hits.
    package let hit: String
    /// More hosts that it hits.
    package let alsoHit: [String]
    /// The standby that takes the primary's place; nil where nobody has to.
    package let successor: String?
    /// Where the client runs: a database host that the fault does not touch.
    package let client: String
    /// The hosts in the client's connection string, in this order.
    ///
    /// The one that is hit comes last: how long a client waits for a host that says nothing is the client's own affair.
    package let order: [String]

    package var hits: [String] { [hit] + alsoHit }
    /// As they are told.
    package var hitText: String { hits.joined(separator: ", ") }

    package init(
        fault: DrillFault, primary: String, hit: String, alsoHit: [String] = [], successor: String?, client: String,
        order: [String]
    ) {
        self.fault = fault
        self.primary = primary
        self.hit = hit
        self.alsoHit = alsoHit
        self.successor = successor
        self.client = client
        self.order = order
    }

    /// Whether another host has to take the primary's place.
    package var movesPrimary: Bool { hit == primary && !fault.sparesServer }
}

extension DrillCast {
    /// - Throws: `drill.unhealthy` where the cluster is not as declared, `drill.hosts` where nobody can play a part.
    package init(_ fault: DrillFault, _ inventory: Inventory, _ status: ClusterStatus) throws(Diagnostic) {
        guard status.isHealthy, let primary = status.primary else {
            throw .error(
                "drill.unhealthy", "the cluster is not healthy: \(status.problems.joined(separator: "; "))",
                hint: "a drill needs a cluster that is as declared: `kumki status`, then `kumki apply`")
        }
        let direct = Self.standbys(of: primary, inventory, status)
        let targets: [String] =
            switch fault.target {
            case .primary: [primary]
            case .standby: direct.first.map { [$0] } ?? []
            case .leader: status.engine.leader.map { [$0] } ?? []
            case .majority: Self.majority(inventory, besides: status.engine.leader)
            }
        guard let hit = targets.first else {
            throw .error(
                "drill.hosts", "there is nobody whom \(fault.rawValue) could hit",
                hint: fault.target == .standby
                    ? "the drill needs a standby that follows the primary itself"
                    : "the drill needs a watchdog with a leader")
        }
        let movesPrimary = hit == primary && !fault.sparesServer
        let successor = direct.first { name in
            guard let host = inventory.host(name) else { return false }
            return host.upstream == nil && host.replication.failover && host.replication.applyDelay == nil
        }
        if movesPrimary, successor == nil {
            throw .error(
                "drill.hosts", "no standby of \(primary) could take its place",
                hint: "the drill needs a standby with neither `apply_delay` nor `failover: false`")
        }
        // The client of a pool runs where its password is.
        let doors = inventory.poolHosts.isEmpty ? inventory.databaseHosts : inventory.poolHosts
        let others = doors.map(\.name).filter { !targets.contains($0) }
        guard let client = others.first(where: { $0 != primary }) ?? others.first else {
            throw .error(
                "drill.hosts", "there is no host beside \(hit) where the client could run",
                hint: "a drill needs two database hosts")
        }
        self.init(
            fault: fault, primary: primary, hit: hit, alsoHit: Array(targets.dropFirst()),
            successor: movesPrimary ? successor : nil, client: client, order: others + targets)
    }

    /// So many hosts with pgpool-II that the others can't act; the leader is not among them.
    private static func majority(_ inventory: Inventory, besides leader: String?) -> [String] {
        let voters = inventory.poolHosts.map(\.name)
        guard let leader else { return [] }
        // Half of the votes is enough where the inventory says so.
        let half = inventory.pgpool.watchdog.halfVotes == true && voters.count.isMultiple(of: 2)
        let count = voters.count - voters.count / 2 + (half ? 1 : 0)
        let others = voters.filter { $0 != leader }
        return others.count < count ? [] : Array(others.prefix(count))
    }

    /// Those that stream from the primary itself: synchronous ones first, then those with the most WAL.
    private static func standbys(of primary: String, _ inventory: Inventory, _ status: ClusterStatus) -> [String] {
        let synchronous = Set(inventory.synchronousHosts.map(\.name))
        let nodes = status.nodes.filter { $0.role == .standby && $0.upstream == primary }
        return nodes.enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            if synchronous.contains(one.host) != synchronous.contains(other.host) {
                return synchronous.contains(one.host)
            }
            let (mine, theirs) = (one.receivedLSN ?? LSN(0), other.receivedLSN ?? LSN(0))
            return mine == theirs ? left.offset < right.offset : mine > theirs
        }.map(\.element.host)
    }
}
