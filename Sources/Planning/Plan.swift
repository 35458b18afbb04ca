package import Diagnostics
package import Hosts
import Inventory
import Resources

/// What would be done to a cluster, as data. It holds scripts with secrets and is never written out whole.
package struct Plan: Sendable {
    /// Something that can't be seen yet, and what will show it.
    package struct Pending: Hashable, Sendable {
        package var id: String
        package var reason: String
    }

    package struct Summary: Hashable, Sendable, Codable {
        package var create = 0
        package var update = 0
        package var delete = 0
        package var run = 0
        /// Hosts whose server restarts, and hosts whose server reloads.
        package var restart = 0
        package var reload = 0
        /// Hosts with a change.
        package var hosts = 0
    }

    package var cluster: String
    /// The live primary, or the one to be born; nil where there is none to go by.
    package var primary: String?
    /// In an order that can be carried out one by one.
    package var changes: [PlannedChange]
    package var pending: [Pending]
    /// Why nothing may be changed.
    package var refusals: [Diagnostic]
    package var notes: [Diagnostic]
    package var unreachable: [HostError]
    /// The bytes of memory of each host that told them.
    package var memory: [String: Int] = [:]
    /// The primary that a failover replaces, where that can be told.
    package var lost: String?
    /// The host that is primary now and shall not stay so.
    package var former: String?
    /// Hosts that a failover leaves as they are.
    package var leftOut: Set<String> = []
    /// What the plan was computed from, without positions that move by themselves.
    package var basis: PlanBasis

    /// Whether the primary has to restart, and the plan leaves that out.
    package var leavesPrimaryRestart: Bool {
        guard let primary else { return false }
        return pending.contains { $0.id == "\(primary)/restart" }
    }

    package var isEmpty: Bool { changes.isEmpty }
    package var destroysData: [PlannedChange] { changes.filter(\.change.destroysData) }

    package var summary: Summary {
        var summary = Summary()
        var hosts: Set<String> = []
        for planned in changes {
            hosts.insert(planned.host)
            switch planned.change.action {
            case .create: summary.create += 1
            case .update: summary.update += 1
            case .delete: summary.delete += 1
            case .run: summary.run += 1
            }
            if planned.change.action == .run {
                if planned.change.effect == .restart { summary.restart += 1 }
                if planned.change.effect == .reload { summary.reload += 1 }
            }
        }
        summary.hosts = hosts.count
        return summary
    }
}
