import Applying
import Blueprint
import Diagnostics
import Inventory
import Planning
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
}
