import Blueprint
package import Hosts
package import Inventory
package import Planning
package import PostgreSQL
import Resources

/// A cluster as it is: who is primary, who follows whom and how far behind, what holds back WAL, and what is wrong.
package struct ClusterStatus: Sendable {
    package enum Role: String, Hashable, Sendable {
        case primary, standby, unknown
    }

    package struct Node: Hashable, Sendable {
        package var host: String
        package var role: Role
        /// The host that it streams from now.
        package var upstream: String?
        package var declaredUpstream: String?
        /// Nil when the host can't be reached.
        package var running: Bool?
        package var timeline: Int?
        /// The primary's current position, a standby's received one.
        package var lsn: LSN?
        package var receivedLSN: LSN?
        package var replayedLSN: LSN?
        /// The primary's current position minus the replayed one, in bytes.
        package var lagBytes: Int?
        /// As in pg_stat_replication of its upstream.
        package var syncState: String?
        package var pendingRestart: Bool
        /// The settings that wait for a restart.
        package var pendingSettings: [String] = []
        /// The timelines that it went through; nil where it does not say.
        package var history: TimelineHistory?
        /// Queries that replay has cancelled since its statistics began, by reason, where there were any.
        package var conflicts: [String: Int] = [:]
        /// When it was taken out of service, in UTC; nil when it is in service.
        package var drainedSince: String?
    }

    package struct Slot: Hashable, Sendable {
        package var host: String
        package var name: String
        package var active: Bool
        package var retainedBytes: Int?
        package var walStatus: String?
    }

    package var cluster: String
    package var primary: String?
    package var timeline: Int?
    package var nodes: [Node]
    package var slots: [Slot]
    package var engine: EngineStatus
    /// The slots' names by standby.
    private let slotNames: [String: String]
    /// What is not as declared, a sentence each.
    package var problems: [String]
    package var unreachable: [HostError]

    package var isHealthy: Bool { problems.isEmpty }

    /// Hosts that are out of service because somebody wanted it so.
    package var drained: Set<String> { Set(nodes.filter { $0.drainedSince != nil }.map(\.host)) }

    /// The slots that keep WAL for a standby.
    package func slots(of standby: String) -> [Slot] {
        slots.filter { $0.host != standby && $0.name == slotNames[standby] }
    }

    /// Looks at the database hosts, in one round trip each.
    ///
    /// - Parameter without: hosts whose absence the user has accepted by name: they are not looked at.
    package static func read(
        _ inventory: Inventory, without: Set<String> = [], with observer: Observer
    ) async -> ClusterStatus {
        let location = ServerLocation(inventory)
        let probe = Probe(
            contents: [HostMark.path(.drained, cluster: inventory.cluster)],
            server: ServerProbe(location: location, conflicts: true))
        let servers = Set(inventory.databaseHosts.map(\.name))
        let pools = Set(inventory.poolHosts.map(\.name))
        let hosts = inventory.hosts.filter { host in
            (servers.contains(host.name) || pools.contains(host.name)) && !without.contains(host.name)
        }
        let observation = await observer.observe(
            hosts.map { host in
                let engine = EngineStatus.probe(host, inventory)
                return (host, servers.contains(host.name) ? probe.union(engine) : engine)
            })
        return ClusterStatus(inventory, observation, without: without)
    }

    /// The primary, asked of the servers alone; nil where there is none, or several.
    ///
    /// What waits for a failover asks this again and again: a pgpool-II that is asked for its backends tries the lost one
    /// for two seconds, and its failover waits for that.
    package static func primary(
        _ inventory: Inventory, without: Set<String> = [], with observer: Observer
    ) async -> String? {
        let probe = Probe(server: ServerProbe(location: ServerLocation(inventory)))
        let hosts = inventory.databaseHosts.filter { !without.contains($0.name) }
        let facts = await observer.observe(hosts.map { ($0, probe) }).facts
        let primaries = primaries(among: hosts, facts)
        return primaries.count == 1 ? primaries[0].name : nil
    }

    private static func primaries(among hosts: [InventoryHost], _ facts: ClusterFacts) -> [InventoryHost] {
        hosts.filter { facts.server(of: $0.name)?.live?.inRecovery == false }
    }

    package init(_ inventory: Inventory, _ observation: Observer.Observation, without: Set<String> = []) {
        let facts = observation.facts
        let hosts = inventory.databaseHosts
        let primaries = Self.primaries(among: hosts, facts)
        let primary = primaries.count == 1 ? primaries.first : nil
        let live = primary.flatMap { facts.server(of: $0.name)?.live }
        cluster = inventory.cluster
        slotNames = Dictionary(hosts.map { ($0.name, $0.slotName) }) { first, _ in first }
        self.primary = primary?.name
        timeline = live?.timeline
        let drained = facts.drained(in: inventory)
        nodes = hosts.map { host in
            var node = Node(host, inventory, facts, current: live?.currentLSN)
            node.drainedSince = drained[host.name]
            return node
        }
        slots = hosts.flatMap { host in
            (facts.server(of: host.name)?.live?.slots ?? []).map {
                Slot(
                    host: host.name, name: $0.name, active: $0.active, retainedBytes: $0.retainedBytes,
                    walStatus: $0.walStatus)
            }
        }
        let attached = nodes.filter { node in
            node.role == .primary || node.role == .standby && node.syncState != nil
        }
        engine = EngineStatus(
            inventory, facts, primary: primary?.name, attached: Set(attached.map(\.host)), without: without)
        unreachable = observation.failures.values.sorted { $0.host < $1.host }
        problems = []
        problems = StatusProblems(inventory, facts, self, primaries: primaries.map(\.name), without: without).all
        problems += engine.problems
    }
}

extension ClusterStatus.Node {
    init(_ host: InventoryHost, _ inventory: Inventory, _ facts: ClusterFacts, current: LSN?) {
        self.host = host.name
        declaredUpstream = host.upstream
        role = .unknown
        pendingRestart = false
        guard let seen = facts[host.name] else { return }
        let server = seen.server.value
        running = server?.isRunning ?? false
        history = server?.history
        guard let live = server?.live else {
            timeline = server?.control.map { Int($0.timeline.number) }
            return
        }
        role = live.inRecovery ? .standby : .primary
        timeline = max(live.timeline, live.inRecovery ? server?.history.map { Int($0.timeline.number) } ?? 0 : 0)
        pendingSettings = live.settings.filter(\.value.pendingRestart).keys.sorted()
        pendingRestart = !pendingSettings.isEmpty
        conflicts = live.conflicts.filter { $0.value > 0 }
        if !live.inRecovery {
            lsn = live.currentLSN
            lagBytes = 0
            return
        }
        lsn = live.receivedLSN
        receivedLSN = live.receivedLSN
        replayedLSN = live.replayedLSN
        if let current, let replayed = live.replayedLSN { lagBytes = max(0, current.distance(from: replayed)) }
        upstream = live.receiver?.upstreamHost(among: inventory.databaseHosts)
        if let upstream, let standbys = facts.server(of: upstream)?.live?.standbys {
            syncState = standbys.first { $0.applicationName == host.name }?.syncState
        }
    }
}

extension LiveReceiver {
    /// The host whose address stands in the connection string.
    func upstreamHost(among hosts: [InventoryHost]) -> String? {
        guard let address = (try? Conninfo(parsing: conninfo))?["host"] else { return nil }
        return hosts.first { $0.address == address }?.name ?? address
    }
}
