import Blueprint
import Inventory
import Resources

/// What of a cluster is not as its inventory says.
struct StatusProblems {
    private(set) var all: [String] = []
    private let inventory: Inventory
    private let facts: ClusterFacts
    private let status: ClusterStatus

    init(
        _ inventory: Inventory, _ facts: ClusterFacts, _ status: ClusterStatus, primaries: [String],
        without: Set<String>
    ) {
        self.inventory = inventory
        self.facts = facts
        self.status = status
        if primaries.count > 1 { all.append("\(primaries.joined(separator: " and ")) are both primary: split brain") }
        if primaries.isEmpty { all.append("no host is primary") }
        for node in status.nodes where !without.contains(node.host) { check(node) }
        checkLostSlots()
        guard let primary = status.primary else { return }
        let unfollowed = facts.unfollowed(without, in: inventory).union(status.drained)
        let topology = Topology(inventory, primary: primary, empty: unfollowed.subtracting([primary]))
        checkTopology(topology)
        checkSlots(topology)
    }

    private mutating func check(_ node: ClusterStatus.Node) {
        guard let running = node.running else {
            all.append("\(node.host) can't be reached")
            return
        }
        guard let server = facts.server(of: node.host) else {
            all.append("\(node.host) holds no database cluster")
            return
        }
        if node.drainedSince != nil {
            if case .stopped = server.state { return }
            all.append("\(node.host) is drained, but its server runs")
        }
        if case .silent(let words) = server.state { all.append("\(node.host) does not answer: \(words)") }
        if !running {
            if case .stopped = server.state { all.append("\(node.host) is stopped") }
            return
        }
        if node.pendingRestart {
            let settings = node.pendingSettings.joined(separator: ", ")
            all.append("\(node.host): \(settings) \(node.pendingSettings.count == 1 ? "waits" : "wait") for a restart")
        }
        for error in server.live?.fileErrors ?? [] { all.append("\(node.host): \(error)") }
        for error in server.live?.hbaErrors ?? [] { all.append("\(node.host): pg_hba.conf \(error)") }
    }

    private mutating func checkTopology(_ topology: Topology) {
        for node in status.nodes where node.role == .standby {
            guard let expected = topology.upstream(of: node.host) else { continue }
            guard let receiver = facts.server(of: node.host)?.live?.receiver, receiver.status == "streaming" else {
                all.append("\(node.host) does not stream from \(expected)")
                continue
            }
            if let upstream = node.upstream, upstream != expected {
                all.append("\(node.host) streams from \(upstream), not from \(expected)")
            }
            checkSync(node, topology)
            if let timeline = node.timeline, let declared = status.timeline, timeline != declared {
                all.append("\(node.host) is on timeline \(timeline), the primary on \(declared)")
            }
        }
    }

    private mutating func checkSync(_ node: ClusterStatus.Node, _ topology: Topology) {
        guard topology.upstream(of: node.host) == topology.primary, let state = node.syncState else { return }
        let confirms = ["sync", "quorum", "potential"].contains(state)
        switch topology.replicationMode(of: node.host) {
        case .sync where !confirms: all.append("\(node.host) is declared sync, but it is \(state)")
        case .async where confirms: all.append("\(node.host) is declared async, but it is \(state)")
        default: break
        }
    }

    private mutating func checkLostSlots() {
        for slot in status.slots {
            switch slot.walStatus {
            case "lost": all.append("slot \(slot.name) on \(slot.host) has lost its WAL")
            case "unreserved": all.append("slot \(slot.name) on \(slot.host) is about to lose its WAL")
            default: break
            }
        }
    }

    private mutating func checkSlots(_ topology: Topology) {
        guard inventory.replication.slots else { return }
        for host in inventory.databaseHosts where facts.server(of: host.name)?.isRunning == true {
            for child in topology.children(of: host.name).compactMap({ inventory.host($0) }) {
                if status.slots.contains(where: { $0.host == host.name && $0.name == child.slotName }) { continue }
                all.append("slot \(child.slotName) is missing on \(host.name)")
            }
        }
    }
}
