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

/// Where the dry runs of other tools are not to be believed: each is a case here. What the drift tests show already
/// (a dropped role, a role that lost its attributes, a standby's data gone, max_connections) has its golden there.
@Suite("A plan says what apply would do")
struct TruthfulnessTests {
    @Test("a fresh host: everything is planned, to the last extension, and nothing is left conditional")
    func fresh() async throws {
        let plan = try await SimulatedCluster("pair-async").plan()
        #expect(plan.pending.isEmpty)
        #expect(plan.changes.contains { $0.id == "db1/extension app.pg_stat_statements" })
        #expect(plan.changes.contains { $0.id == "db2/streaming" })
    }

    @Test("a stopped primary is refused with what repairs it, not taken for a failed check")
    func stoppedPrimary() async throws {
        let cluster = try SimulatedCluster("pair-async")
        try await cluster.converge()
        cluster.damage("db1") { $0.server?.isRunning = false }
        let plan = try await cluster.plan()
        #expect(plan.changes.isEmpty)
        #expect(plan.refusals.map(\.code) == ["roles.no-primary"])
        #expect(plan.refusals.first?.hint?.contains("kumki start") == true)
        let start = try await cluster.planner(playbook: "start.yaml").plan(with: cluster.observer, settling: .starting)
        #expect(start.refusals.isEmpty)
        #expect(start.changes.map(\.id) == ["db1/start", "db2/streaming"])
        #expect(await cluster.carryOut(start).isComplete)
        #expect(PlanText(try await cluster.plan()).text == PlanText.nothing)
    }

    @Test("a value that PostgreSQL would not take never reaches a host")
    func invalid() {
        let text =
            "cluster: t\nhosts: {a: {address: 198.18.0.1, roles: [primary]}}\n"
            + "postgresql: {version: 15, settings: {shared_buffers: 128MX}}\n"
        let reading = InventoryReader.read(bytes: Array(text.utf8), file: "t.yaml")
        #expect(reading.inventory == nil)
        #expect(reading.problems.all.map(\.code) == ["setting.unit"])
    }

    @Test("an unseen host is unknown, not gone: its key stays with the others, and nobody is changed for it")
    func unseen() async throws {
        let cluster = try SimulatedCluster("demo", ("replication:\n", "key_exchange: all\nreplication:\n"))
        try await cluster.converge()
        cluster.change { $0.unreachable = ["db3"] }
        let plan = try await cluster.plan()
        #expect(plan.changes.isEmpty, "\(PlanText(plan).text)")
        #expect(plan.unreachable.map(\.host) == ["db3"])
        let keys = cluster.read { $0.machines["db1"]?.files["/var/lib/postgresql/.ssh/authorized_keys"]?.content }
        #expect(keys?.contains("KEYdb3") == true)
    }

    @Test("lines that ssh itself adds to known_hosts are no drift")
    func knownHosts() async throws {
        let cluster = try SimulatedCluster("demo", ("replication:\n", "key_exchange: all\nreplication:\n"))
        try await cluster.converge()
        let path = "/var/lib/postgresql/.ssh/known_hosts"
        cluster.damage("db1") { $0.files[path]?.content += "|1|salt=|hash= ssh-rsa AAAA\n" }
        #expect(PlanText(try await cluster.plan()).text == PlanText.nothing)
        cluster.damage("db2") { machine in
            let text = machine.files[path]?.content ?? ""
            machine.files[path]?.content = "|1|salt=|hash= ssh-rsa AAAA\n" + text
        }
        #expect(PlanText(try await cluster.plan()).text == PlanText.nothing)
    }

    @Test("after a failover the plan goes around the new primary, and there is nothing to do")
    func failover() async throws {
        let cluster = try SimulatedCluster("trio-sync")
        try await cluster.converge()
        let data = "/var/lib/postgresql/15/main"
        cluster.damage("db2") { machine in
            machine.files["\(data)/standby.signal"] = nil
            machine.server?.inRecovery = false
            machine.server?.timeline = 2
            machine.server?.history = "1\t0/5000060\tno recovery target specified\n"
        }
        cluster.damage("db1") { $0.server?.isRunning = false }
        let plan = try await cluster.plan()
        #expect(plan.primary == "db2")
        #expect(plan.notes.map(\.code) == ["roles.moved"])
        #expect(!plan.changes.contains { $0.host == "db2" && $0.change.effect == .restart })
        try Goldens.expect(PlanText(plan).text, equals: "Tests/PlanningTests/Goldens/after-a-failover.txt")
        #expect(await cluster.carryOut(plan).isComplete)
        // The slots on the former primary could not be dropped before it ran.
        let slots = try await cluster.plan()
        #expect(slots.changes.map(\.id).prefix(2) == ["db1/slot db2", "db1/slot db3"], "\(PlanText(slots).text)")
        #expect(await cluster.carryOut(slots).isComplete)
        let again = try await cluster.plan()
        #expect(again.changes.isEmpty, "\(PlanText(again).text)")
        #expect(again.refusals.isEmpty)
    }

    @Test("somebody's files in a data directory are refused by name, and nothing of them is touched")
    func foreign() async throws {
        for host in ["db1", "db2"] {
            let cluster = try SimulatedCluster("pair-async")
            cluster.damage(host) { $0.hasForeignData = true }
            let plan = try await cluster.plan()
            #expect(plan.refusals.map(\.code) == ["data.foreign"], "\(PlanText(plan).text)")
        }
    }

    @Test("what a standby's database holds is not guessed while its server is silent")
    func silent() async throws {
        let cluster = try SimulatedCluster("pair-async")
        try await cluster.converge()
        cluster.damage("db2") { $0.server?.isSilent = true }
        let plan = try await cluster.plan()
        #expect(plan.refusals.map(\.code) == ["server.silent"])
        #expect(!plan.changes.contains { $0.host == "db2" && $0.change.action == .create })
    }

    @Test("the same cluster gives the same plan, byte for byte")
    func deterministic() async throws {
        let first = PlanText(try await SimulatedCluster("five-quorum-cascade").plan()).text
        for _ in 0..<3 {
            let again = PlanText(try await SimulatedCluster("five-quorum-cascade").plan()).text
            #expect(again == first)
        }
    }
}
