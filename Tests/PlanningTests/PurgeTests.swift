import Applying
import Blueprint
import Inventory
import Planning
import Testing

@Suite("A host that leaves with its data")
struct PurgeTests {
    @Test("its data goes only where that is asked for, and once its server is stopped")
    func twoRounds() async throws {
        let cluster = SimulatedCluster(try SimulatedCluster.inventory("demo"))
        try await cluster.settle()
        try cluster.declare("demo", [("db3: {address", "db3: {state: absent, address")])
        #expect(try await cluster.plan().destroysData.isEmpty)

        let options = Planner.Options(operation: Operation(purges: true))
        let first = try await cluster.plan(options)
        #expect(first.changes.map(\.id).contains("db3/retired") && first.destroysData.isEmpty)
        #expect(first.pending.first { $0.id == "db3/purged" }?.reason == "db1 still sends it WAL")
        #expect(await cluster.carryOut(first).isComplete)

        let second = try await cluster.plan(options)
        #expect(second.destroysData.map(\.id) == ["db3/purged"], "\(PlanText(second).text)")
        #expect(second.changes.map(\.id) == ["db3/purged", "db3/hosts", "db3/.pgpass"])
        #expect(await cluster.carryOut(second).isComplete)
        cluster.read { #expect($0.machines["db3"]?.server == nil) }
        #expect(PlanText(try await cluster.plan(options)).text == PlanText.nothing)
        #expect(PlanText(try await cluster.plan()).text == PlanText.nothing)
    }
}
