import Inventory
import Operations
import PostgreSQL

/// `status --json`.
struct StatusPayload: Encodable {
    struct Engine: Encodable {
        var kind: String
        var state: Nullable<String>
        var leader: Nullable<String>
    }

    struct Node: Encodable {
        var host: String
        var role: String
        var upstream: Nullable<String>
        var declaredUpstream: Nullable<String>
        /// Null when the host can't be reached.
        var running: Nullable<Bool>
        var timeline: Nullable<Int>
        var lsn: Nullable<String>
        var receivedLsn: Nullable<String>
        var replayedLsn: Nullable<String>
        var lagBytes: Nullable<Int>
        var syncState: Nullable<String>
        var pendingRestart: Bool
    }

    struct Slot: Encodable {
        var host: String
        var name: String
        var active: Bool
        var retainedBytes: Nullable<Int>
        var walStatus: Nullable<String>
    }

    struct VIP: Encodable {
        var name: String
        var address: String
        var holder: Nullable<String>
    }

    var cluster: String
    var healthy: Bool
    var primary: Nullable<String>
    var timeline: Nullable<Int>
    var engine: Engine
    var nodes: [Node]
    var slots: [Slot]
    var vips: [VIP]
    var problems: [String]

    init(_ status: ClusterStatus) {
        cluster = status.cluster
        healthy = status.isHealthy
        primary = Nullable(status.primary)
        timeline = Nullable(status.timeline)
        nodes = status.nodes.map { Node($0) }
        slots = status.slots.map {
            Slot(
                host: $0.host, name: $0.name, active: $0.active, retainedBytes: Nullable($0.retainedBytes),
                walStatus: Nullable($0.walStatus))
        }
        engine = Engine(
            kind: status.engine.kind.rawValue, state: Nullable(status.engine.state),
            leader: Nullable(status.engine.leader))
        vips = status.engine.vips.map { vip in
            VIP(
                name: vip.name, address: vip.address, holder: Nullable(vip.holders.count == 1 ? vip.holders[0] : nil))
        }
        problems = status.problems
    }
}

extension StatusPayload.Node {
    init(_ node: ClusterStatus.Node) {
        self.init(
            host: node.host, role: node.role.rawValue, upstream: Nullable(node.upstream),
            declaredUpstream: Nullable(node.declaredUpstream), running: Nullable(node.running),
            timeline: Nullable(node.timeline), lsn: Nullable(node.lsn?.description),
            receivedLsn: Nullable(node.receivedLSN?.description), replayedLsn: Nullable(node.replayedLSN?.description),
            lagBytes: Nullable(node.lagBytes), syncState: Nullable(node.syncState),
            pendingRestart: node.pendingRestart)
    }
}
