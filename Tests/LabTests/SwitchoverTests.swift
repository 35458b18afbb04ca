import FoundationEssentials
import Hosts
import Lab
import Synchronization
import Testing

/// A planned change of primary, under a client that writes throughout.
@Suite(
    "Switchover", .serialized,
    .lab(ExampleInventory.quad))
struct SwitchoverTests {
    private let nodes = ["db1", "db2", "db3", "db4"]

    private func prepare(_ cluster: LabCluster) async throws {
        let primary = try await cluster.kumki("primary", expecting: 0).outputText.filter { $0 != "\n" }
        _ = try await cluster.sql(
            primary, "SET ROLE app; CREATE TABLE IF NOT EXISTS written (n bigint); TRUNCATE written", database: "app")
    }

    @Test("there and back, to a cascade and back: no acknowledged row is lost, and nothing is left to change")
    func thereAndBack() async throws {
        let cluster = try await LabCluster.ready()
        try await prepare(cluster)
        let client = try await WritingClient.start(in: cluster, on: "db3", hosts: nodes)
        for target in ["db2", "db1", "db4", "db1"] {
            try await client.waitForRows()
            let outcome = try await cluster.kumki("switchover", "--to", target, "--yes", expecting: 0)
            #expect(outcome.outputText.contains("Writes were interrupted for"), "\(outcome.outputText)")
            #expect(try await cluster.kumki("primary", expecting: 0).outputText == "\(target)\n")
            try await cluster.expectConverged()
            try await client.waitForRows()
        }
        try await client.expectNothingLost(on: nodes)
        try await cluster.kumki("switchover", "--to", "db1", "--yes", expecting: 0)
    }

    @Test("a primary that must restart hands on first: it restarts as a standby, and writes pause for that only")
    func switchoverFirst() async throws {
        let cluster = try await LabCluster.ready()
        try await prepare(cluster)
        let client = try await WritingClient.start(in: cluster, on: "db3", hosts: nodes)
        try await client.waitForRows()
        try cluster.edit { $0.replacing("shared_buffers: 32MB", with: "shared_buffers: 48MB") }
        let outcome = try await cluster.kumki("apply", "--switchover-first", "--yes", expecting: 0)
        #expect(outcome.outputText.contains("so that db1 restarts as a standby"), "\(outcome.outputText)")
        #expect(outcome.outputText.contains("Writes were interrupted for"), "\(outcome.outputText)")
        #expect(try await cluster.kumki("primary", expecting: 0).outputText != "db1\n")
        for node in nodes { #expect(try await cluster.sql(node, "SHOW shared_buffers") == "48MB") }
        try await cluster.expectConverged()

        // A standby may take a lower value only after the primary did.
        try cluster.edit { $0.replacing("shared_buffers: 48MB", with: "shared_buffers: 48MB, max_connections: 90") }
        let refused = try await cluster.kumki("apply", "--switchover-first", "--yes", expecting: 1)
        #expect(refused.errorText.contains("switchover-first.lowered"), "\(refused.errorText)")
        try cluster.edit { $0.replacing("48MB, max_connections: 90", with: "48MB") }
        try await cluster.kumki("switchover", "--to", "db1", "--yes", expecting: 0)
        try await client.expectNothingLost(on: nodes)
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
    }

    @Test(
        "a restart with a switchover first that was killed whenever a step begins or ends is finished by the same command"
    )
    func killedSwitchoverFirst() async throws {
        let cluster = try await LabCluster.ready()
        try await prepare(cluster)
        let client = try await WritingClient.start(in: cluster, on: "db3", hosts: nodes)
        try await client.waitForRows()
        // Between the stop and the promotion nobody is primary, and `apply` names the command that goes on.
        for (size, sparesStop) in [("48MB", false), ("64MB", true)] {
            try cluster.edit { _ in cluster.text.replacing("shared_buffers: 32MB", with: "shared_buffers: \(size)") }
            let isPromoted = Mutex(false)
            let killed = try await cluster.holdingSteps { steps in
                try await steps.kill(
                    "apply", ["--switchover-first", "--yes"],
                    // Up to the promotion it was killed everywhere before.
                    sparing: { line in
                        isPromoted.withLock { isPromoted in
                            if line.hasSuffix("/promote") { isPromoted = true }
                            return sparesStop && !isPromoted
                        }
                    },
                    survey: { try await cluster.expectOnePrimaryAtMost() })
            }
            // kumki chooses the successor itself.
            #expect(killed.contain("/promote") == sparesStop, "\(killed)")
            if !sparesStop {
                #expect(killed.contain("db1/postgresql.conf") && killed.contain("db1/checkpoint"), "\(killed)")
                let refused = try await cluster.kumki("apply", "--switchover-first", "--yes", expecting: 1)
                #expect(refused.errorText.contains("`kumki switchover --to HOST`"), "\(refused.errorText)")
                try await cluster.kumki("switchover", "--to", "db2", "--yes", expecting: 0)
            }
            try await cluster.kumki("apply", "--switchover-first", "--yes", expecting: 0)
            for node in nodes { #expect(try await cluster.sql(node, "SHOW shared_buffers") == size) }
            try await cluster.expectConverged()
            try await cluster.kumki("switchover", "--to", "db1", "--yes", expecting: 0)
        }
        try await client.expectNothingLost(on: nodes)
    }

    @Test("a successor that is down, behind or unknown is refused with why, and nothing is touched")
    func refused() async throws {
        let cluster = try await LabCluster.ready()
        let started = try await cluster.startTime("db1")
        for (target, words) in [("db9", "no database host"), ("db2", "does not run")] {
            if target == "db2" { try await cluster.shell("db2", "systemctl stop postgresql@15-main") }
            let outcome = try await cluster.kumki("switchover", "--to", target, "--yes", expecting: 1)
            #expect(outcome.errorText.contains(words), "\(outcome.errorText)")
        }
        #expect(try await cluster.startTime("db1") == started)
        try await cluster.kumki("apply", "--yes", expecting: 0)
    }

    @Test("when the last WAL does not arrive, the former primary is started again and nobody was promoted")
    func wayBack() async throws {
        let cluster = try await LabCluster.ready()
        // It looks like a standby that streams; what is sent from now on does not reach it.
        let run = try await cluster.holdingSteps { steps in
            let run = try await cluster.startInBackground("switchover", "--to", "db2", "--yes")
            try await steps.reach("begin db1/checkpoint", run)
            try await cluster.shell("db2", "pkill -STOP -f 'walreceiver'")
            return run
        }
        try await cluster.wait("kumki ends", limit: .seconds(200)) { !run.isRunning }
        try await cluster.shell("db2", "pkill -CONT -f 'walreceiver' || :")
        #expect(run.output.contains("primary again"), "\(run.output)")
        #expect(try await cluster.kumki("primary", expecting: 0).outputText == "db1\n")
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
    }

    @Test("killed whenever a step begins or ends, the same command finishes it, and there are never two primaries")
    func killed() async throws {
        let cluster = try await LabCluster.ready()
        try await prepare(cluster)
        let client = try await WritingClient.start(in: cluster, on: "db3", hosts: nodes)
        try await client.waitForRows()
        for (former, target) in [("db1", "db2"), ("db2", "db1")] {
            let killed = try await cluster.holdingSteps {
                try await $0.kill(
                    "switchover", ["--to", target, "--yes"], survey: { try await cluster.expectOnePrimaryAtMost() })
            }
            for step in ["\(former)/checkpoint", "\(former)/stop", "\(target)/promote", "\(former)/start"] {
                #expect(killed.contain(step), "\(killed)")
            }
        }
        try await cluster.kumki("switchover", "--to", "db1", "--yes", expecting: 0)
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
        try await client.expectNothingLost(on: nodes)
    }
}
