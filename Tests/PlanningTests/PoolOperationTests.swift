import Applying
import Blueprint
import Diagnostics
import Graph
import Inventory
import Planning
import PostgreSQL
import Resources
import Testing

/// The inventory `pgpool-trio`: db1 to db3 with pgpool-II each, any one standby confirms.
@Suite("Operations under pgpool-II")
struct PoolOperationTests {
    /// Each test has a copy of its own.
    private static let deployed = Task {
        let cluster = SimulatedCluster(try SimulatedCluster.inventory("pgpool-trio"))
        try await cluster.settle()
        return cluster.read { $0 }
    }

    private static func settled() async throws -> SimulatedCluster { SimulatedCluster(try await deployed.value) }

    private static func plan(
        _ playbook: String, _ rule: LiveRoles.Rule, _ operation: Operation = Operation(), of cluster: SimulatedCluster
    ) async throws -> Plan {
        try await cluster.planner(.init(operation: operation), playbook: "\(playbook).yaml")
            .plan(with: cluster.observer, settling: rule)
    }

    /// Whether enough confirm is asked in any case, and the simulated standbys don't tell.
    private static func ids(_ plan: Plan) -> [String] {
        plan.changes.map(\.id).filter { !$0.hasSuffix("/confirmed") }
    }

    private static func location(_ cluster: SimulatedCluster) -> PgpoolLocation {
        PgpoolLocation(cluster.read(\.inventory), version: nil)
    }

    // MARK: Hands

    /// As a command leaves them that was killed before it put them on again.
    private static func takeHandsOff(_ hosts: [String], of cluster: SimulatedCluster) {
        let location = location(cluster)
        for host in hosts {
            cluster.damage(host) { machine in
                for path in [location.configFile, location.loadedDirectory + "/pgpool.conf"] {
                    let text = machine.files[path]?.content ?? ""
                    machine.files[path]?.content =
                        text.split(separator: "ALLOW_TO_FAILOVER", omittingEmptySubsequences: false)
                        .joined(separator: "DISALLOW_TO_FAILOVER")
                }
            }
        }
    }

    private static func handsOff(_ cluster: SimulatedCluster) -> [String] {
        let path = location(cluster).loadedDirectory + "/pgpool.conf"
        return cluster.read { state in
            state.machines.filter { $0.value.files[path]?.content.contains("DISALLOW") == true }.keys.sorted()
        }
    }

    @Test(
        "hands that a killed command left off are put on by the same command, and are no work where they are on",
        arguments: [
            ("switchover", LiveRoles.Rule.switchover(to: "db1"), Operation()),
            ("failover", .failover(to: "db1", fenced: [], acceptsLoss: false), Operation(takeover: .init())),
            ("drain", .draining("db3"), Operation(named: "db3", service: .leaving)),
            ("rejoin", .returning("db3"), Operation(named: "db3")),
            ("cleanup", .live, Operation()),
        ])
    func leftOff(playbook: String, rule: LiveRoles.Rule, operation: Operation) async throws {
        let cluster = try await Self.settled()
        if playbook == "drain" {
            await cluster.carryOut(try await Self.plan(playbook, rule, operation, of: cluster))
        }
        #expect(Self.ids(try await Self.plan(playbook, rule, operation, of: cluster)) == [])
        Self.takeHandsOff(["db1", "db2"], of: cluster)
        let plan = try await Self.plan(playbook, rule, operation, of: cluster)
        #expect(Self.ids(plan) == ["db1/hands on", "db2/hands on"], "\(PlanText(plan).text)")
        #expect(await cluster.carryOut(plan).isComplete)
        #expect(Self.handsOff(cluster) == [])
        #expect(try await cluster.plan().isEmpty)
    }

    @Test("a rerun that stops a server takes off what is on, and puts all on in the end")
    func interrupted() async throws {
        let cluster = try await Self.settled()
        Self.takeHandsOff(["db1"], of: cluster)
        let plan = try await Self.plan(
            "drain", .draining("db3"), Operation(named: "db3", service: .leaving), of: cluster)
        let ids = plan.changes.map(\.id)
        #expect(ids.filter { $0.hasSuffix("hands off") } == ["db2/hands off"], "\(ids)")
        #expect(ids.filter { $0.hasSuffix("hands on") } == ["db1/hands on", "db2/hands on"], "\(ids)")
        #expect(await cluster.carryOut(plan).isComplete)
        #expect(Self.handsOff(cluster) == [])
    }

    @Test("apply puts them on by pgpool.conf and a reload, once")
    func applied() async throws {
        let cluster = try await Self.settled()
        Self.takeHandsOff(["db2"], of: cluster)
        let plan = try await cluster.plan()
        #expect(plan.changes.map(\.id) == ["db2/pgpool.conf", "db2/pgpool-II reload"])
        #expect(await cluster.carryOut(plan).isComplete)
        #expect(Self.handsOff(cluster) == [])
    }

    @Test("a failover takes off the hands beside the old primary too, which hangs, and no host's that can't be seen")
    func beside() async throws {
        let cluster = try await Self.settled()
        let operation = Operation(takeover: .init())
        cluster.change { $0.machines["db1"]?.server?.isSilent = true }
        let plan = try await Self.plan(
            "failover", .failover(to: "db2", fenced: [], acceptsLoss: false), operation, of: cluster)
        let ids = plan.changes.map(\.id)
        #expect(plan.refusals.isEmpty && ids.contains("db1/kill"), "\(PlanText(plan).text)")
        for step in ["hands off", "hands on"] {
            #expect(ids.filter { $0.hasSuffix("/\(step)") } == ["db1", "db2", "db3"].map { "\($0)/\(step)" }, "\(ids)")
        }
        cluster.change { $0.unreachable = ["db1"] }
        Self.takeHandsOff(["db1", "db2", "db3"], of: cluster)
        let unseen = try await Self.plan(
            "failover", .failover(to: "db2", fenced: ["db1"], acceptsLoss: false), operation, of: cluster)
        #expect(unseen.refusals.isEmpty, "\(PlanText(unseen).text)")
        #expect(
            unseen.changes.map(\.id).filter { $0.hasSuffix("/hands on") } == ["db2/hands on", "db3/hands on"],
            "\(PlanText(unseen).text)")
    }

    @Test("in a paused cluster they stay off")
    func paused() async throws {
        let cluster = try await Self.settled()
        let pause = try await Self.plan("pause", .live, Operation(pauses: true), of: cluster)
        #expect(await cluster.carryOut(pause).isComplete)
        #expect(Self.handsOff(cluster) == ["db1", "db2", "db3"])
        let plan = try await Self.plan("switchover", .switchover(to: "db1"), of: cluster)
        #expect(Self.ids(plan) == [], "\(PlanText(plan).text)")
    }

    @Test("a failover ends a pause")
    func failoverEndsPause() async throws {
        let cluster = try await Self.settled()
        await cluster.carryOut(try await Self.plan("pause", .live, Operation(pauses: true), of: cluster))
        cluster.change { $0.unreachable = ["db1"] }
        let plan = try await Self.plan(
            "failover", .failover(to: "db2", fenced: ["db1"], acceptsLoss: false),
            Operation(takeover: .init(), pauses: false), of: cluster)
        #expect(plan.refusals.isEmpty, "\(PlanText(plan).text)")
        for step in ["hands on", "pause mark"] {
            #expect(plan.changes.map(\.id).filter { $0.hasSuffix("/\(step)") } == ["db2/\(step)", "db3/\(step)"])
        }
    }

    @Test("for a host that was away when a pause ended, it ends when the host comes back")
    func missedResume() async throws {
        let cluster = try await Self.settled()
        await cluster.carryOut(try await Self.plan("pause", .live, Operation(pauses: true), of: cluster))
        cluster.change { $0.unreachable = ["db3"] }
        await cluster.carryOut(try await Self.plan("pause", .live, Operation(pauses: false), of: cluster))
        cluster.change { $0.unreachable = [] }
        #expect(Self.handsOff(cluster) == ["db3"])
        let plan = try await Self.plan("rejoin", .returning("db3"), Operation(named: "db3"), of: cluster)
        #expect(Self.ids(plan) == ["db3/pause mark"], "\(PlanText(plan).text)")
        #expect(plan.pending.map(\.id).contains("db3/hands on"), "\(PlanText(plan).text)")
    }

    // MARK: A drained host

    private static func drain(_ host: String, of cluster: SimulatedCluster) async throws {
        let plan = try await plan("drain", .draining(host), Operation(named: host, service: .leaving), of: cluster)
        try #require(plan.refusals.isEmpty, "\(plan.refusals)")
        try #require(await cluster.carryOut(plan).isComplete)
    }

    private static func pool(of host: String, _ cluster: SimulatedCluster) -> (runs: Bool, isEnabled: Bool?) {
        cluster.read { state in
            let machine = state.machines[host]
            return (machine?.active.contains("pgpool2.service") == true, machine?.units["pgpool2.service"])
        }
    }

    @Test("its pgpool-II stops with it, once the others' hands are off, and nothing misses it")
    func drained() async throws {
        let cluster = try await Self.settled()
        let operation = Operation(named: "db3", service: .leaving)
        let plan = try await Self.plan("drain", .draining("db3"), operation, of: cluster)
        #expect(
            plan.changes.map(\.id) == [
                "db3/drain mark", "db1/hands off", "db2/hands off", "db3/stopped pgpool2.service", "db3/retired",
                "db1/hands on", "db2/hands on",
            ], "\(PlanText(plan).text)")
        let stop = try #require(plan.changes.first { $0.id.hasSuffix("/stopped pgpool2.service") })
        #expect(stop.change.reason == "its host goes out of service")
        #expect(Set(stop.after) == ["db1/hands off", "db2/hands off", "db3/drain mark"])
        #expect(plan.changes.first { $0.id == "db3/retired" }?.after == ["db3/stopped pgpool2.service"])
        #expect(await cluster.carryOut(plan).isComplete)
        #expect(Self.pool(of: "db3", cluster) == (false, false))
        #expect(try await Self.plan("drain", .draining("db3"), operation, of: cluster).isEmpty)
        for (playbook, rule) in [("provision", LiveRoles.Rule.live), ("start", .starting)] {
            let plan = try await Self.plan(playbook, rule, of: cluster)
            #expect(plan.isEmpty && plan.pending.isEmpty, "\(PlanText(plan).text)")
        }
        let stopped = try await Self.plan("stop", .stopping, of: cluster)
        #expect(!stopped.changes.contains { $0.host == "db3" }, "\(PlanText(stopped).text)")
    }

    @Test("it is back, with what was declared meanwhile, once its server streams, and the mark goes last")
    func returns() async throws {
        let cluster = try await Self.settled()
        try await Self.drain("db3", of: cluster)
        try cluster.declare("pgpool-trio", [("\npgpool:\n", "\npgpool:\n  settings: {client_idle_limit: 600}\n")])
        try await cluster.settle()
        let plan = try await Self.plan(
            "undrain", .undraining("db3"), Operation(named: "db3", service: .returning), of: cluster)
        let ids = plan.changes.map(\.id)
        let returning = ["db3/streaming", "db3/pgpool-II start", "db3/drain mark"]
        #expect(ids.filter(returning.contains) == returning && ids.contains("db3/pgpool.conf"), "\(ids)")
        #expect(await cluster.carryOut(plan).isComplete)
        #expect(Self.pool(of: "db3", cluster) == (true, true))
        #expect(PlanText(try await cluster.plan()).text == PlanText.nothing)
    }

    @Test("every way back brings it in that order", arguments: ["undrain", "rejoin", "rebuild"])
    func waysBack(name: String) throws {
        let operation = Operation(named: "db3", rebuild: name == "rebuild" ? .init() : nil)
        let design = Design(
            inventory: try SimulatedCluster.inventory("pgpool-trio"), primary: "db1", facts: nil,
            templates: BuiltInFolder(.templates), secrets: .placeholders, operation: operation)
        let playbook = try Playbook(text: try BuiltInFolder(.playbooks).text(of: "\(name).yaml"), file: "\(name).yaml")
        let graph = try Blueprint(design, playbook: playbook).graph
        let order = ["db3/pgpool.conf", "db3/pgpool-II start", "db3/drain mark"]
        for (first, second) in zip(order, order.dropFirst()) { #expect(graph.hasEdge(from: first, to: second)) }
        #expect(graph.hasEdge(from: "db3/streaming", to: "db3/pgpool-II start"))
        #expect(graph.contains("db3/rebuilt") == graph.hasEdge(from: "db3/drain mark", to: "db3/rebuilt"))
    }

    @Test("a host that was not drained, or has no pgpool-II, gets nothing of it by a rejoin")
    func untouched() async throws {
        let cluster = try await Self.settled()
        try cluster.declare("pgpool-trio", [("\npgpool:\n", "\npgpool:\n  settings: {client_idle_limit: 600}\n")])
        let rejoin = try await Self.plan("rejoin", .returning("db3"), Operation(named: "db3"), of: cluster)
        #expect(Self.ids(rejoin) == [], "\(PlanText(rejoin).text)")
        let plain = SimulatedCluster(try SimulatedCluster.inventory("demo"))
        try await plain.settle()
        try await Self.drain("db4", of: plain)
        let undrain = try await Self.plan(
            "undrain", .undraining("db4"), Operation(named: "db4", service: .returning), of: plain)
        #expect(!undrain.changes.contains { $0.id.contains("pgpool") || $0.id.contains("pool_") })
        #expect(undrain.changes.contains { $0.id == "db4/drain mark" })
    }

    @Test("drained while the cluster is paused it is not what keeps it paused, and paused it comes back")
    func pausedMeanwhile() async throws {
        let cluster = try await Self.settled()
        func pause(_ pauses: Bool) async throws {
            await cluster.carryOut(try await Self.plan("pause", .live, Operation(pauses: pauses), of: cluster))
        }
        let mark = HostMark.path(.paused, cluster: "pgpool-trio")
        func marked() -> [String] {
            cluster.read { state in state.machines.filter { $0.value.files[mark] != nil }.keys.sorted() }
        }
        try await pause(true)
        try await Self.drain("db3", of: cluster)
        #expect(marked() == ["db1", "db2"])
        let undrain = try await Self.plan(
            "undrain", .undraining("db3"), Operation(named: "db3", service: .returning), of: cluster)
        #expect(await cluster.carryOut(undrain).isComplete)
        #expect(marked() == ["db1", "db2", "db3"] && Self.handsOff(cluster) == ["db1", "db2", "db3"])
        try await Self.drain("db3", of: cluster)
        try await pause(false)
        #expect(marked() == [] && Self.handsOff(cluster) == ["db3"])
        #expect(try await cluster.plan().isEmpty)
    }

    @Test("the watchdog keeps a majority of its voters: two of three, one of two where half the votes do")
    func votes() async throws {
        let cluster = try await Self.settled()
        try await Self.drain("db3", of: cluster)
        let plan = try await Self.plan(
            "drain", .draining("db2"), Operation(named: "db2", service: .leaving), of: cluster)
        #expect(plan.refusals.map(\.code).contains("drain.quorum"), "\(PlanText(plan).text)")
        let vacate = try await Self.plan("switchover", .vacating("db1"), of: cluster)
        #expect(vacate.refusals.map(\.code).contains("drain.quorum"), "\(PlanText(vacate).text)")

        let two = ("  db3: {address: 198.18.16.13, roles: [standby, pgpool], replication: sync}\n", "")
        for half in [true, false] {
            let inventory = try SimulatedCluster.inventory(
                "pgpool-trio", [two, ("  watchdog: {", "  watchdog: {half_votes: \(half), ")])
            let unit = UnitFacts(activeState: "active", unitFileState: "enabled")
            var facts = ClusterFacts()
            for host in inventory.hosts {
                let live = LiveServer(
                    versionNumber: 150_000, inRecovery: host.name != "db1", systemIdentifier: "73", timeline: 1)
                let server = ServerFacts(state: .running(live), dataVersion: "15", port: 5432)
                facts.hosts[host.name] = .present(
                    HostFacts(host: host.name, units: ["pgpool2.service": .present(unit)], server: .present(server)))
            }
            let roles = LiveRoles(inventory, facts, rule: .draining("db2"))
            #expect(roles.refusals.contains { $0.code == "drain.quorum" } == !half, "\(roles.refusals)")
        }
    }
}
