import Applying
import Blueprint
import Diagnostics
import Graph
import Hosts
import Inventory
import Planning
import PostgreSQL
import Resources
import Synchronization
import TestSupport
import Testing

@Suite("A plan is carried out")
struct RunTests {
    /// What a run reported, in the order of time.
    private final class Events: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }

        func add(_ event: RunEvent) {
            let line =
                switch event {
                case .started(let planned): "started \(planned.id)"
                case .transferred(let planned, _, _): "transferred \(planned.id)"
                case .finished(let planned, _): "finished \(planned.id)"
                case .satisfied(let planned): "satisfied \(planned.id)"
                case .failed(let planned, let failure): "failed \(planned.id) \(failure.code)"
                }
            lines.withLock { $0.append(line) }
        }
    }

    @Test("every step comes after all that it waits for")
    func order() async throws {
        let cluster = try SimulatedCluster("five-quorum-cascade")
        let plan = try await cluster.plan()
        cluster.expect(plan)
        let events = Events()
        let report = await cluster.run(report: events.add).carryOut(plan)
        #expect(report.isComplete)
        #expect(Set(report.done) == Set(plan.changes.map(\.id)))
        var finished: Set<String> = []
        for event in events.all {
            let words = event.split(separator: " ", maxSplits: 1).map(String.init)
            if words[0] == "started" { continue }
            let planned = try #require(plan.changes.first { $0.id == words[1] })
            #expect(finished.isSuperset(of: planned.after), "\(planned.id)")
            finished.insert(planned.id)
        }
        #expect(finished.count == plan.changes.count)
    }

    @Test("after a failure nothing new starts; the root cause and what was left undone are told, and a rerun goes on")
    func failure() async throws {
        let cluster = try SimulatedCluster("demo")
        let plan = try await cluster.plan()
        cluster.change { $0.failing["db2/basebackup"] = "pg_basebackup: error: could not connect\n" }
        let report = await cluster.carryOut(plan, parallel: 1)
        #expect(report.failures.map(\.id) == ["db2/basebackup"])
        #expect(report.failures.first?.code == "step.failed")
        #expect(report.failures.first?.output == ["pg_basebackup: error: could not connect"])
        #expect(report.notStarted.contains("db4/basebackup"))
        #expect(report.done.count + report.notStarted.count + 1 == plan.changes.count)
        cluster.change { $0.failing = [:] }
        try await cluster.settle()
    }

    @Test("what has come to be so meanwhile is not done again")
    func satisfied() async throws {
        let cluster = try SimulatedCluster("demo")
        try await cluster.converge()
        cluster.change { $0.catalog.roles["app"] = nil }
        let plan = try await cluster.plan()
        cluster.change { state in state.catalog.roles["app"] = LiveRole(verifier: nil) }
        let before = cluster.read(\.carriedOut).count
        let other = await cluster.carryOut(plan)
        #expect(other.isComplete, "the role lacks only its password now: the step mends that")
        #expect(cluster.read(\.carriedOut).count == before + 1)
        let events = Events()
        let report = await cluster.run(report: events.add).carryOut(plan)
        #expect(report.isComplete)
        #expect(events.all == ["started db1/role app", "satisfied db1/role app"])
        #expect(cluster.read(\.carriedOut).count == before + 1)
    }

    @Test("a file that somebody else changed since the plan stops the run, with both values")
    func stale() async throws {
        let cluster = try SimulatedCluster("demo")
        try await cluster.converge()
        let path = "/etc/postgresql/15/main/pg_hba.conf"
        cluster.damage("db3") { $0.files[path]?.mode = "0666" }
        let plan = try await cluster.plan()
        cluster.damage("db3") { $0.files[path]?.content += "host all all all trust\n" }
        let report = await cluster.carryOut(plan)
        let failure = try #require(report.failures.first)
        #expect(failure.code == "step.stale")
        #expect(failure.message.contains("mode 0666 -> 0640"))
        #expect(failure.message.contains("content differs"))
        #expect(cluster.read { $0.machines["db3"]?.files[path]?.content.contains("trust") } == true)
    }

    @Test("a stop signal lets what runs finish and starts nothing new")
    func stop() async throws {
        let cluster = try SimulatedCluster("demo")
        let plan = try await cluster.plan()
        cluster.expect(plan)
        let stop = StopSignal()
        cluster.change { $0.meanwhile["db1/initdb"] = { _ in stop.request() } }
        let report = await cluster.run(stop: stop).carryOut(plan)
        #expect(report.failures.isEmpty)
        #expect(report.done.contains("db1/initdb"))
        #expect(report.notStarted.contains("db1/start"))
        #expect(!report.isComplete)
    }

    @Test("a connection that is lost in the middle ends the run with what to do")
    func lost() async throws {
        let cluster = try SimulatedCluster("demo")
        let plan = try await cluster.plan()
        cluster.change { state in
            state.meanwhile["db1/initdb"] = { $0.unreachable = ["db1"] }
        }
        let report = await cluster.carryOut(plan)
        let failure = try #require(report.failures.first { $0.id.hasPrefix("db1/") })
        #expect(failure.code.hasPrefix("ssh."))
        #expect(failure.hint?.contains("run the same command again") == true)
        cluster.change { state in
            state.unreachable = []
            state.meanwhile = [:]
        }
        try await cluster.settle()
    }

    @Test("an archive of this machine is uploaded before the script that needs it; one that can't be read is named")
    func uploads() async throws {
        let folder = try TemporaryFolder()
        let archive = try folder.write("pg.tar", "an archive")
        let sum = String(repeating: "ab", count: 32)
        func cluster(_ path: String) throws -> SimulatedCluster {
            try SimulatedCluster(
                "single",
                (
                    "  version: 15\n",
                    "  version: 15\n  install: {source: {archive: \(path), sha256: \(sum), prefix: /opt/pg}}\n"
                ))
        }
        let good = try cluster(archive)
        let plan = try await good.plan()
        let report = await good.carryOut(plan)
        #expect(report.isComplete, "\(report.failures)")
        #expect(good.read(\.uploads) == ["db1:/var/lib/kumki/build/abababababababab/archive 10"])
        let bad = try cluster("\(folder.path)/none.tar")
        let failed = await bad.carryOut(try await bad.plan())
        #expect(failed.failures.map(\.code) == ["file.unreadable"])
    }

    @Test("a saved plan is as good as new until something of its basis changes, and says what")
    func basis() async throws {
        let cluster = try SimulatedCluster("demo")
        try await cluster.converge()
        cluster.change { $0.catalog.roles["app"] = nil }
        let saved = try await cluster.plan().basis
        cluster.change { state in state.machines["db1"]?.server?.lsn = LSN(0x900_0000) }
        #expect(saved.differences(from: try await cluster.plan().basis) == [], "positions move by themselves")
        cluster.change { $0.catalog.databases["app"] = nil }
        cluster.damage("db3") { $0.server?.isRunning = false }
        let words = saved.differences(from: try await cluster.plan().basis)
        #expect(words.contains("db1/database app has come to need a change"))
        #expect(
            words.contains(
                "db3: was standby on timeline 1, system identifier 7300000000000000001, is stopped, system identifier 7300000000000000001"
            ))
        var other = saved
        other.inventory = "another"
        #expect(saved.differences(from: other) == ["the inventory was edited"])
        other = saved
        other.changes["db1/role app"] = "changed"
        #expect(saved.differences(from: other) == ["db1/role app is not what it was"])
        other.changes = [:]
        #expect(saved.differences(from: other) == ["db1/role app needs no change any more"])
    }
}
