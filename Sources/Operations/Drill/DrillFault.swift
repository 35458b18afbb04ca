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

    /// Whether another host has to take the primary's place.
    package var hitsPrimary: Bool { self != .loseStandby && self != .partitionStandby }

    /// What happens to the host: `db1 is cut off from the other hosts`.
    package func words(on host: String) -> String {
        switch self {
        case .killPrimary, .loseStandby: "every process of PostgreSQL on \(host) is killed"
        case .stopPrimary: "PostgreSQL on \(host) is stopped"
        case .hangPrimary: "every process of PostgreSQL on \(host) hangs"
        case .powerOff: "the power of \(host) goes off"
        case .partitionPrimary, .partitionStandby: "\(host) is cut off from the other hosts"
        }
    }
}
