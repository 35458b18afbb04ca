package import Diagnostics
package import Graph
import Inventory
import PostgreSQL
package import Resources

/// What shall be on every host and in which order: a playbook filled in with an inventory, seen from one primary. Pure.
package struct Blueprint: Sendable {
    /// One thing on one host.
    package struct Step: Sendable {
        /// `db1/postgresql.conf`
        package var id: String
        package var host: String
        /// The playbook's word for it.
        package var kind: String
        package var resource: any Resource
    }

    package private(set) var steps: [Step] = []
    /// Edges run from what comes first; nodes are the steps' ids.
    package private(set) var graph = DirectedGraph<String>()

    /// - Throws: what a template or the playbook makes impossible: `template.*`, `playbook.cycle`.
    package init(_ design: Design, playbook: Playbook) throws(Problems) {
        try design.checkSupport()
        let groups = HostGroups(design)
        /// The ids that a step of a host came to be, by host and step.
        var made: [Key: [String]] = [:]
        for entry in playbook.steps where design.holds(entry.condition) {
            guard let kind = StepKinds.all[entry.step] else { continue }
            for host in groups.hosts(of: entry.group, seenFrom: nil) {
                guard let inventoryHost = design.inventory.host(host) else { continue }
                for resource in try kind(inventoryHost, design) {
                    let id = "\(host)/\(resource.name)"
                    if graph.contains(id) {
                        throw Problems(
                            .error(
                                "playbook.duplicate", "step \(entry.step) makes \(id) a second time", at: entry.place))
                    }
                    graph.insert(id)
                    steps.append(Step(id: id, host: host, kind: entry.step, resource: resource))
                    made[Key(host: host, step: entry.step), default: []].append(id)
                }
            }
        }
        connect(playbook, design, groups, made)
        // Whether a restart is needed shows only when the live servers are compared, and most orders hang on that: a
        // standby is copied after its upstream's restart, its cascade is set up after the copy, and restarts first.
        let restarts = Set(steps.filter { $0.resource is ServerRestart }.map(\.id))
        if let cycle = graph.removing(where: restarts.contains).cycle() {
            throw Problems(
                .error(
                    "playbook.cycle", "the steps wait for each other: \(cycle)",
                    hint: "take one `after` out of the playbook"))
        }
    }

    private struct Key: Hashable {
        var host: String
        var step: String
    }

    private mutating func connect(
        _ playbook: Playbook, _ design: Design, _ groups: HostGroups, _ made: [Key: [String]]
    ) {
        var entries: [Key: [Playbook.Step]] = [:]
        for entry in playbook.steps {
            for host in groups.hosts(of: entry.group, seenFrom: nil) {
                entries[Key(host: host, step: entry.step), default: []].append(entry)
            }
        }
        /// A step that made nothing hands on what it waits for on its own host, so that an order is kept through it.
        func ids(of key: Key, _ seen: Set<Key> = []) -> [String] {
            if let ids = made[key] { return ids }
            if seen.contains(key) { return [] }
            let own = (entries[key] ?? []).flatMap(\.after).filter { $0.group == nil }
            return own.flatMap { ids(of: Key(host: key.host, step: $0.step), seen.union([key])) }
        }
        // In the order of the steps, not of the dictionary: the same inventory gives the same graph.
        var seen: Set<Key> = []
        for key in steps.map({ Key(host: $0.host, step: $0.kind) }) where seen.insert(key).inserted {
            let own = made[key] ?? []
            // What one step makes of one host comes in the order in which it makes it: a role before its rights.
            for (first, second) in zip(own, own.dropFirst()) { graph.connect(first, to: second) }
            for reference in (entries[key] ?? []).flatMap(\.after) {
                let before =
                    reference.group.map { group in
                        groups.hosts(of: group, seenFrom: key.host)
                            .flatMap { made[Key(host: $0, step: reference.step)] ?? [] }
                    } ?? ids(of: Key(host: key.host, step: reference.step))
                for first in before {
                    for id in own where id != first { graph.connect(first, to: id) }
                }
            }
        }
    }
}

/// The hosts of each group, from one design.
struct HostGroups {
    private let design: Design
    private let live: [InventoryHost]

    init(_ design: Design) {
        self.design = design
        live = design.inventory.hosts.filter { $0.state == .present }
    }

    func hosts(of group: HostGroup, seenFrom host: String?) -> [String] {
        let leftAlone = design.operation.takeover?.leftAlone ?? []
        if group == .gone { return live.map(\.name).filter { leftAlone.contains($0) } }
        let members = members(of: group, seenFrom: host)
        switch group {
        case .named: return members
        // It is the server that is left alone. A pgpool-II beside it may lead, and have the virtual address.
        case .pgpool, .earlier: return members.filter { !design.drained.contains($0) }
        default: return members.filter { !leftAlone.contains($0) && !design.drained.contains($0) }
        }
    }

    private func members(of group: HostGroup, seenFrom host: String?) -> [String] {
        let topology = design.topology
        switch group {
        case .all: return live.map(\.name)
        case .database: return topology.hosts
        case .primary: return [topology.primary]
        case .standbys: return topology.hosts.filter { $0 != topology.primary }
        case .synchronous: return topology.synchronousHosts.filter { $0 != topology.primary }
        case .pgpool: return design.inventory.poolHosts.map(\.name)
        case .witness: return live.filter { $0.roles.contains(.witness) }.map(\.name)
        case .former: return design.operation.former.map { [$0] } ?? []
        case .leaving: return design.inventory.leavingHosts.map(\.name)
        case .gone: return []
        case .named:
            // A second round is about those who follow it again.
            return design.operation.rebuild?.isDone == true ? [] : design.operation.named.map { [$0] } ?? []
        case .followers: return design.followers
        case .upstream:
            return (host ?? design.operation.named).flatMap { topology.upstream(of: $0) }.map { [$0] } ?? []
        case .children: return (host ?? design.operation.named).map { topology.children(of: $0) } ?? []
        case .earlier where design.renumbersNodes: return []
        case .earlier: return host.map { host in Array(design.poolOrder.prefix { $0 != host }) } ?? []
        case .itself: return host.map { [$0] } ?? []
        }
    }
}

extension Design {
    /// What the inventory may declare and kumki can't do yet is an error, never left out in silence.
    ///
    /// - Throws: `engine.unsupported`.
    func checkSupport() throws(Problems) {
        var problems = Problems()
        if inventory.ha.engine != .none, inventory.ha.engine != .pgpool {
            problems.add(
                .error(
                    "engine.unsupported", "ha.engine `\(inventory.ha.engine.rawValue)` is not supported yet",
                    at: inventory.places["ha.engine"],
                    hint: "use `engine: none` for now; the inventory itself is checked by `kumki validate`"))
        }
        if problems.hasErrors { throw problems }
    }

    func holds(_ condition: Condition?) -> Bool {
        switch condition {
        case nil: true
        case .replicated: databaseHosts.count > 1
        case .slots: inventory.replication.slots && databaseHosts.count > 1
        case .archive: inventory.replication.archive != nil
        case .builtFromSource: if case .source = inventory.postgresql.install { true } else { false }
        case .pool: !inventory.poolHosts.isEmpty
        case .keyExchange: inventory.keyExchange == .all && databaseHosts.count > 1
        }
    }
}
