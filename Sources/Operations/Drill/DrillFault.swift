package import Inventory

/// What a drill does to a cluster.
package enum DrillFault: String, CaseIterable, Hashable, Sendable {
    /// Every process of the primary's server is killed.
    case killPrimary = "kill-primary"
    case stopPrimary = "stop-primary"
    /// Every process of the primary's server stands still; its connections stay open.
    case hangPrimary = "hang-primary"
    /// The primary's host loses its power, and gets it back.
    case powerOff = "power-off"
    /// The primary's host is cut off from the other hosts of the cluster.
    case partitionPrimary = "partition-primary"
    /// Every process of a standby's server is killed.
    case loseStandby = "lose-standby"
    case partitionStandby = "partition-standby"
    /// Every process of the pgpool-II that leads the watchdog is killed.
    case killPoolLeader = "kill-pool-leader"
    /// The host of the pgpool-II that leads the watchdog is cut off from the others.
    case partitionLeader = "partition-leader"
    /// Every process of so many pgpool-IIs is killed that the rest is no majority.
    case loseQuorum = "lose-quorum"

    package enum Target: Hashable, Sendable {
        case primary, standby
        /// The leader of the watchdog.
        case leader
        /// As many hosts with pgpool-II beside the leader as a majority needs.
        case majority
    }

    package var target: Target {
        switch self {
        case .killPrimary, .stopPrimary, .hangPrimary, .powerOff, .partitionPrimary: .primary
        case .loseStandby, .partitionStandby: .standby
        case .killPoolLeader, .partitionLeader: .leader
        case .loseQuorum: .majority
        }
    }

    /// Whether the server of the host that is hit goes on as if nothing had happened.
    package var sparesServer: Bool { self == .killPoolLeader || self == .loseQuorum }

    /// What can be drilled in a cluster: the engine's own faults only under it, and a quorum can only be lost where
    /// none of the voters goes on alone.
    package static func faults(in inventory: Inventory) -> [DrillFault] {
        let voters = inventory.poolHosts.count
        let goesOnAlone = voters < 2 || voters == 2 && inventory.pgpool.watchdog.halfVotes == true
        return allCases.filter { fault in
            switch fault.target {
            case .primary, .standby: true
            case .leader: inventory.ha.engine == .pgpool
            case .majority: inventory.ha.engine == .pgpool && !goesOnAlone
            }
        }
    }

    /// What happens to the host: `db1 is cut off from the other hosts`.
    package func words(on host: String) -> String {
        switch self {
        case .killPrimary, .loseStandby: "every process of PostgreSQL on \(host) is killed"
        case .stopPrimary: "PostgreSQL on \(host) is stopped"
        case .hangPrimary: "every process of PostgreSQL on \(host) hangs"
        case .powerOff: "the power of \(host) goes off"
        case .partitionPrimary, .partitionStandby, .partitionLeader: "\(host) is cut off from the other hosts"
        case .killPoolLeader: "every process of pgpool-II on \(host) is killed"
        case .loseQuorum: "every process of pgpool-II on \(host) is killed and stays away: the rest is no majority"
        }
    }
}
