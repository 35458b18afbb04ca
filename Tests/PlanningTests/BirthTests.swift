import Applying
import Blueprint
import Diagnostics
import Graph
import Hosts
import Inventory
import Planning
import PostgreSQL
import Resources
import TestSupport
import Testing

@Suite("A cluster comes to be")
struct BirthTests {
    static let inventories = ["single", "pair-async", "trio-sync", "demo", "five-quorum-cascade"]

    @Test("on bare hosts every step is planned; carried out, nothing is left to do", arguments: inventories)
    func birth(name: String) async throws {
        let cluster = try SimulatedCluster(name)
        let plan = try await cluster.plan()
        let text = PlanText(plan).text
        let offline = try cluster.planner().planBirth()
        #expect(offline.changes.map(\.id) == plan.changes.map(\.id), "plan --offline shows the same steps")
        let report = await cluster.carryOut(plan)
        #expect(report.isComplete, "\(report.failures) \(report.notStarted)")
        let again = try await cluster.plan()
        #expect(PlanText(again).text == PlanText.nothing)
        #expect(again.pending.isEmpty)
        try Goldens.expect(text, equals: "Tests/PlanningTests/Goldens/birth-\(name).txt")
    }

    @Test("carried out one by one or all at once, the cluster comes to be", arguments: [1, 3, 64])
    func orders(parallel: Int) async throws {
        let cluster = try SimulatedCluster("five-quorum-cascade")
        let plan = try await cluster.plan()
        let report = await cluster.carryOut(plan, parallel: parallel)
        #expect(report.isComplete, "\(report.failures) \(report.notStarted)")
        let again = try await cluster.plan()
        #expect(PlanText(again).text == PlanText.nothing)
    }

    @Test("killed after any step, a second apply finishes the work")
    func interrupted() async throws {
        let whole = try SimulatedCluster("demo")
        let count = try await whole.plan().changes.count
        for stop in stride(from: 1, to: count, by: 7) {
            let cluster = try SimulatedCluster("demo")
            let plan = try await cluster.plan()
            var first = plan
            first.changes = Array(plan.changes.prefix(stop))
            await cluster.carryOut(first)
            do {
                try await cluster.settle()
            } catch {
                Issue.record("killed after \(first.changes.last?.id ?? ""): \(error)")
            }
        }
    }

    @Test("a cascaded standby waits for its own upstream and for nobody else")
    func cascade() async throws {
        let plan = try await SimulatedCluster("five-quorum-cascade").plan()
        var graph = DirectedGraph<String>()
        for planned in plan.changes {
            graph.insert(planned.id)
            for before in planned.after { graph.connect(before, to: planned.id) }
        }
        let before = graph.ancestors(of: "db4/basebackup")
        #expect(before.contains("db2/start"))
        #expect(before.contains("db2/slot db4"))
        #expect(!before.contains { $0.hasPrefix("db3/") || $0.hasPrefix("db5/") })
        let names = graph.ancestors(of: "db1/synchronous_standby_names")
        #expect(names.isSuperset(of: ["db2/streaming", "db3/streaming"]))
        #expect(!names.contains("db4/streaming"))
    }

    @Test("no plan, no saved basis and no report holds a secret")
    func secrets() async throws {
        let cluster = try SimulatedCluster("demo")
        let plan = try await cluster.plan()
        cluster.change {
            $0.failing["db1/role app"] = "ERROR: password \(SimulatedCluster.secret)-replication.password"
        }
        let report = await cluster.carryOut(plan)
        let failure = try #require(report.failures.first)
        #expect(failure.output == ["ERROR: password <secret:replication.password>"])
        for text in [PlanText(plan).text, "\(plan.basis)", plan.changes.compactMap(\.change.diff).joined(), "\(plan)"] {
            #expect(!text.contains(SimulatedCluster.secret))
        }
    }
}
