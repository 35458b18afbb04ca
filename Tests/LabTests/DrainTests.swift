import FoundationEssentials
import Hosts
import Lab
import Testing

/// A host goes out of service and comes back, under a client that writes throughout.
@Suite("Drain and undrain", .serialized, .lab(ExampleInventory.quad))
struct DrainTests {
    private let nodes = ["db1", "db2", "db3", "db4"]

    private func upstream(of host: String, _ cluster: LabCluster) async throws -> String {
        let address = try await cluster.sql(
            host,
            "SELECT substring(conninfo FROM 'host=(\\S+)') FROM pg_stat_wal_receiver WHERE status = 'streaming'")
        return nodes.first { address == "\(cluster.network).1\($0.dropFirst(2))" } ?? address
    }

    private func isUp(_ host: String, _ cluster: LabCluster) async throws -> Bool {
        try await cluster.shell(host, "systemctl -q is-active postgresql@15-main && echo up || :") == "up\n"
    }

    private func prepare(_ cluster: LabCluster) async throws -> WritingClient {
        let primary = try await cluster.kumki("primary", expecting: 0).outputText.filter { $0 != "\n" }
        _ = try await cluster.sql(
            primary, "SET ROLE app; CREATE TABLE IF NOT EXISTS written (n bigint); TRUNCATE written", database: "app")
        return try await WritingClient.start(in: cluster, on: "db3", hosts: nodes)
    }

    @Test("a standby with a cascade: nothing starts it unasked, status is healthy, and undrain puts all back")
    func standby() async throws {
        let cluster = try await LabCluster.ready()
        try await cluster.kumki("drain", "db2", "--yes", expecting: 0)
        #expect(try await upstream(of: "db4", cluster) == "db1")
        #expect(try await cluster.sql("db1", "SELECT active FROM pg_replication_slots WHERE slot_name = 'db2'") == "f")

        // Neither apply nor a reboot.
        let plan = try await cluster.kumki("plan", expecting: 0)
        #expect(plan.errorText.contains("db2 is drained since"), "\(plan.errorText)")
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.lab.kill("db2")
        try await cluster.lab.start("db2")
        #expect(try await !isUp("db2", cluster))
        try await cluster.kumki("drain", "db2", "--yes", expecting: 0)
        let status = try await cluster.kumki("status", expecting: 0)
        #expect(status.outputText.contains("db2   drained"), "\(status.outputText)")
        #expect(status.outputText.contains("slot db2 on db1 keeps"), "\(status.outputText)")
        let verbose = try await cluster.kumki("status", "--verbose", expecting: 0)
        #expect(verbose.outputText.contains("TIMELINES"), "\(verbose.outputText)")
        let refused = try await cluster.kumki("drain", "db3", "--yes", expecting: 1)
        #expect(refused.errorText.contains("replication.synchronous.confirm"), "\(refused.errorText)")

        try await cluster.kumki("undrain", "db2", "--yes", expecting: 0)
        #expect(try await upstream(of: "db4", cluster) == "db2")
        #expect(try await upstream(of: "db2", cluster) == "db1")
        try await cluster.expectConverged()
    }

    @Test("a primary is switched over first, and both plans are shown as such")
    func primary() async throws {
        let cluster = try await LabCluster.ready()
        let client = try await prepare(cluster)
        try await client.waitForRows()
        let outcome = try await cluster.kumki("drain", "db1", "--yes", expecting: 0)
        #expect(outcome.outputText.contains("The first of two plans"), "\(outcome.outputText)")
        #expect(outcome.outputText.contains("The second plan"), "\(outcome.outputText)")
        #expect(try await cluster.kumki("primary", expecting: 0).outputText != "db1\n")
        #expect(try await !isUp("db1", cluster))
        try await cluster.kumki("plan", expecting: 0)
        try await client.waitForRows()
        try await cluster.kumki("undrain", "db1", "--yes", expecting: 0)
        try await cluster.expectConverged()
        try await cluster.kumki("switchover", "--to", "db1", "--yes", expecting: 0)
        try await client.expectNothingLost(on: nodes)
        try await cluster.expectConverged()
    }

    @Test("a primary's drain that was killed whenever a step begins or ends is finished by the same command")
    func killedPrimary() async throws {
        let cluster = try await LabCluster.ready()
        let client = try await prepare(cluster)
        try await client.waitForRows()
        let killed = try await cluster.holdingSteps { steps in
            try await steps.kill("drain", ["db1", "--yes"], survey: { try await cluster.expectOnePrimaryAtMost() })
        }
        #expect(
            killed.contain("/promote") && killed.contain("db1/stop"), "\(killed)")
        try await cluster.kumki("drain", "db1", "--yes", expecting: 0)
        #expect(try await !isUp("db1", cluster))
        try await client.waitForRows()
        try await cluster.kumki("undrain", "db1", "--yes", expecting: 0)
        try await cluster.kumki("switchover", "--to", "db1", "--yes", expecting: 0)
        try await client.expectNothingLost(on: nodes)
        try await cluster.expectConverged()
    }

    @Test("killed whenever a step begins or ends, the same command finishes it")
    func killed() async throws {
        let cluster = try await LabCluster.ready()
        let steps = [
            "drain": ["db4/upstream", "db2/drain mark", "db2/retired"],
            "undrain": ["db2/start", "db2/drain mark", "db4/upstream"],
        ]
        for command in ["drain", "undrain"] {
            let killed = try await cluster.holdingSteps { try await $0.kill(command, ["db2", "--yes"]) }
            for step in steps[command] ?? [] { #expect(killed.contain(step), "\(killed)") }
            try await cluster.kumki(command, "db2", "--yes", expecting: 0)
            #expect(try await isUp("db2", cluster) == (command == "undrain"))
            #expect(try await upstream(of: "db4", cluster) == (command == "drain" ? "db1" : "db2"))
        }
        try await cluster.expectConverged()
    }
}
