import Applying
import Blueprint
import Diagnostics
import Inventory
import Planning
import PostgreSQL
import Resources
import Testing

/// The inventory `demo`: db1 to db3 confirm, any one of them; db4 cascades from db2.
@Suite("A host that is drained")
struct DrainTests {
    private func plan(
        _ cluster: SimulatedCluster, _ host: String, _ service: Operation.Service
    ) async throws -> Plan {
        let options = Planner.Options(operation: Operation(named: host, service: service))
        let isLeaving = service == .leaving
        let planner = try cluster.planner(options, playbook: isLeaving ? "drain.yaml" : "undrain.yaml")
        return try await planner.plan(with: cluster.observer, settling: isLeaving ? .draining(host) : .undraining(host))
    }

    private func drained(_ host: String, edits: (String, String)...) async throws -> SimulatedCluster {
        let cluster = SimulatedCluster(try SimulatedCluster.inventory("demo", edits))
        try await cluster.settle()
        let plan = try await plan(cluster, host, .leaving)
        try #require(plan.refusals.isEmpty, "\(plan.refusals)")
        let report = await cluster.carryOut(plan)
        try #require(report.isComplete, "\(report.failures)")
        return cluster
    }

    @Test("its cascade follows the primary before it stops, and its own slot stays")
    func leaves() async throws {
        let cluster = SimulatedCluster(try SimulatedCluster.inventory("demo"))
        try await cluster.settle()
        let plan = try await plan(cluster, "db2", .leaving)
        #expect(
            plan.changes.map(\.id) == [
                "db1/record", "db1/slot db4", "db4/upstream", "db4/streaming", "db2/drain mark", "db2/retired",
            ])
        #expect(plan.notes.map(\.code) == ["drain.slot"])
        await cluster.carryOut(plan)
        cluster.read { state in
            #expect(state.machines["db1"]?.server?.slots.keys.sorted() == ["db2", "db3", "db4"])
            #expect(state.upstream(of: "db4") == "db1")
            #expect(state.machines["db2"]?.server?.isRunning == false)
        }
        #expect(try await self.plan(cluster, "db2", .leaving).isEmpty)
    }

    @Test("apply leaves it as it is and says so, whatever else it changes")
    func leftAlone() async throws {
        let cluster = try await drained("db2")
        let plan = try await cluster.plan()
        #expect(plan.isEmpty && plan.pending.isEmpty && plan.refusals.isEmpty, "\(PlanText(plan).text)")
        #expect(plan.notes.map(\.code) == ["host.drained"])
        try cluster.declare("demo", [("max_connections: 100", "max_connections: 120")])
        let changed = try await cluster.plan()
        #expect(Set(changed.changes.map(\.host)) == ["db1", "db3", "db4"])
        #expect(await cluster.carryOut(changed).isComplete)
        #expect(try await cluster.plan().isEmpty)
    }

    @Test("in service again it has what was declared meanwhile, and its cascade is back below it")
    func returns() async throws {
        let cluster = try await drained("db2")
        try cluster.declare("demo", [("max_connections: 100", "max_connections: 120")])
        try await cluster.settle()
        let first = try await plan(cluster, "db2", .returning)
        #expect(first.changes.map(\.id).contains("db2/start.conf"))
        #expect(first.changes.last?.id == "db2/drain mark", "\(PlanText(first).text)")
        #expect(await cluster.carryOut(first).isComplete)
        let second = try await plan(cluster, "db2", .returning)
        #expect(second.changes.map(\.id).contains("db4/upstream"))
        #expect(await cluster.carryOut(second).isComplete)
        for _ in 0..<2 { await cluster.carryOut(try await plan(cluster, "db2", .returning)) }
        #expect(PlanText(try await cluster.plan()).text == PlanText.nothing)
        cluster.read { state in
            #expect(state.upstream(of: "db4") == "db2")
            #expect(state.machines["db2"]?.server?.live["max_connections"]?.value == "120")
        }
    }

    @Test("of the standbys that confirm, the last one is not drained: the setting is named")
    func lastOfThem() async throws {
        let cluster = try await drained("db2")
        let plan = try await plan(cluster, "db3", .leaving)
        #expect(plan.refusals.map(\.code) == ["drain.synchronous"])
        #expect(plan.refusals.first?.message.contains("replication.synchronous.confirm") == true)
        let cascade = try await self.plan(cluster, "db4", .leaving)
        #expect(cascade.refusals.isEmpty)
    }

    // MARK: A primary

    private static func live(recovery: Bool, lsn: String = "0/9000000", running: Bool = true) -> ServerFacts {
        let live = LiveServer(
            versionNumber: 150_000, inRecovery: recovery, systemIdentifier: "73", timeline: 1,
            currentLSN: recovery ? nil : LSN(lsn), receivedLSN: recovery ? LSN(lsn) : nil,
            receiver: recovery && running ? LiveReceiver(status: "streaming") : nil)
        return ServerFacts(state: .running(live), dataVersion: "15", hasStandbySignal: recovery, port: 5432)
    }

    private static func vacating(_ servers: [String: ServerFacts], drained: Set<String> = []) throws -> LiveRoles {
        let inventory = try SimulatedCluster.inventory("demo")
        var facts = ClusterFacts()
        for host in inventory.databaseHosts {
            var seen = HostFacts(
                host: host.name, server: .present(servers[host.name] ?? ServerFacts(state: .stopped, dataVersion: "15"))
            )
            if drained.contains(host.name) {
                seen.contents[HostMark.path(.drained, cluster: "demo")] = .present("now\n")
            }
            facts.hosts[host.name] = .present(seen)
        }
        return LiveRoles(inventory, facts, rule: .vacating("db1"))
    }

    @Test("a primary hands on to the best of those that stay, unless too few would be left to confirm")
    func primary() throws {
        let primary = Self.live(recovery: false)
        let standby = Self.live(recovery: true)
        let behind = Self.live(recovery: true, lsn: "0/8000000")
        let roles = try Self.vacating(["db1": primary, "db2": behind, "db3": standby, "db4": standby])
        #expect(roles.former == "db1" && roles.primaryName == "db3" && roles.refusals.isEmpty)
        let few = try Self.vacating(["db1": primary, "db3": standby, "db4": standby], drained: ["db2"])
        #expect(few.refusals.map(\.code) == ["drain.synchronous"])
        let moved = try Self.vacating(["db1": standby, "db2": primary, "db3": standby, "db4": standby])
        #expect(moved.former == nil && moved.refusals.isEmpty)
    }

    @Test("when its switchover was killed after the stop, the same successor is found again")
    func stopped() throws {
        let waiting = Self.live(recovery: true, running: false)
        var former = ServerFacts(state: .stopped, dataVersion: "15")
        let server = SimulatedServer(version: .v15, dataVersion: "15", identifier: "73")
        former.control = try ControlData(parsing: server.controlText)
        let roles = try Self.vacating(["db1": former, "db2": waiting, "db3": waiting, "db4": waiting])
        #expect(roles.former == "db1" && roles.primaryName != nil && roles.refusals.isEmpty, "\(roles.refusals)")
    }

    @Test("a drained standby is no successor, and a failover neither takes nor counts it")
    func noSuccessor() throws {
        let inventory = try SimulatedCluster.inventory("demo")
        var facts = ClusterFacts()
        for host in inventory.databaseHosts {
            let server: ServerFacts =
                switch host.name {
                case "db1", "db2": ServerFacts(state: .stopped, dataVersion: "15", hasStandbySignal: host.name == "db2")
                default: Self.live(recovery: true, running: false)
                }
            var seen = HostFacts(host: host.name, server: .present(server))
            if host.name == "db2" { seen.contents[HostMark.path(.drained, cluster: "demo")] = .present("now\n") }
            facts.hosts[host.name] = .present(seen)
        }
        func failover(to host: String) -> LiveRoles {
            LiveRoles(inventory, facts, rule: .failover(to: host, fenced: [], acceptsLoss: false))
        }
        #expect(failover(to: "db2").refusals.contains { $0.message.contains("it is drained") })
        let other = failover(to: "db3")
        #expect(other.refusals.map(\.code) == ["failover.quorum"])
        #expect(other.takeover?.leftAlone.contains("db2") == false)
    }
}
