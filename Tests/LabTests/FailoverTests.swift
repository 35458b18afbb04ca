import FoundationEssentials
import Hosts
import Lab
import Testing

/// The primary is gone: a standby takes its place, under a client that writes throughout.
@Suite(
    "Failover", .serialized,
    // A host without power costs this long each time it is looked for.
    .lab(ExampleInventory.quad.replacing("known_hosts}", with: "known_hosts, connect_timeout: 3s}")))
struct FailoverTests {
    private let nodes = ["db1", "db2", "db3", "db4"]
    private static let crash =
        "runuser -u postgres -- /usr/lib/postgresql/15/bin/pg_ctl -D /var/lib/postgresql/15/main stop -m immediate"

    private func client(in cluster: LabCluster) async throws -> WritingClient {
        _ = try await cluster.sql(
            "db1", "SET ROLE app; CREATE TABLE IF NOT EXISTS written (n bigint); TRUNCATE written", database: "app")
        let client = try await WritingClient.start(in: cluster, on: "db4", hosts: nodes)
        try await client.waitForRows()
        return client
    }

    /// The server dies at once, without a last checkpoint, and stays down.
    private func crash(_ host: String, in cluster: LabCluster) async throws {
        try await cluster.shell(host, "systemctl mask --runtime postgresql@15-main; \(Self.crash)")
        try await cluster.shell(host, "systemctl unmask --runtime postgresql@15-main")
    }

    /// db1 is copied afresh and primary again, as the inventory says.
    private func restore(_ cluster: LabCluster) async throws {
        try await cluster.shell(
            "db1", "systemctl stop postgresql@15-main; rm -rf /var/lib/postgresql/15/main; rm -f /run/stop-here")
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.kumki("switchover", "--to", "db1", "--yes", expecting: 0)
        try await cluster.expectConverged()
    }

    @Test("the primary's power is off: refused until it is named as switched off, then no acknowledged row is lost")
    func powerOff() async throws {
        let cluster = try await LabCluster.ready()
        let client = try await client(in: cluster)
        try await cluster.lab.kill("db1")
        let refused = try await cluster.kumki("failover", "--to", "db2", "--yes", expecting: 1)
        #expect(refused.errorText.contains("--fenced db1"), "\(refused.errorText)")
        #expect(try await cluster.sql("db2", "SELECT pg_is_in_recovery()") == "t")
        let done = try await cluster.kumki("failover", "--to", "db2", "--fenced", "db1", "--yes", expecting: 0)
        #expect(done.outputText.contains("rejoin"), "\(done.outputText)")
        #expect(try await cluster.kumki("primary", "--without", "db1", expecting: 0).outputText == "db2\n")
        try await client.waitForRows()
        #expect(try await cluster.plan("--without", "db1", expecting: 0).changes.isEmpty)
        try await cluster.kumki("verify", "--without", "db1", expecting: 0)
        try await client.expectNothingLost(on: ["db2", "db3", "db4"])
        try await cluster.kumki("failover", "--to", "db2", "--fenced", "db1", "--yes", expecting: 0)
        try await cluster.lab.start("db1")
        try await restore(cluster)
    }

    @Test("a new primary that is behind fetches what another has; the old one's service comes back as a standby")
    func behind() async throws {
        let cluster = try await LabCluster.ready()
        let client = try await client(in: cluster)
        try await cluster.lab.partition("db3", from: ["db1"])
        try await client.waitForRows(30)
        try await crash("db1", in: cluster)
        try await cluster.lab.heal("db3")
        let ends = "SELECT pg_last_wal_receive_lsn()"
        let (more, less) = (try await cluster.sql("db2", ends), try await cluster.sql("db3", ends))
        #expect(try await cluster.sql("db2", "SELECT '\(more)'::pg_lsn > '\(less)'::pg_lsn") == "t")
        let done = try await cluster.kumki("failover", "--to", "db3", "--yes", expecting: 0)
        #expect(done.outputText.contains("db3/caught up"), "\(done.outputText)")
        #expect(try await cluster.kumki("primary", expecting: 0).outputText == "db3\n")
        try await client.waitForRows()
        try await client.expectNothingLost(on: ["db2", "db3", "db4"])
        try await cluster.shell("db1", "systemctl start postgresql@15-main || :")
        try await cluster.expectOnePrimaryAtMost()
        try await restore(cluster)
    }

    @Test("a primary that lives is never replaced, neither by a wrong word of its host")
    func alive() async throws {
        let cluster = try await LabCluster.ready()
        let lives = try await cluster.kumki("failover", "--to", "db2", "--yes", expecting: 1)
        #expect(lives.errorText.contains("db1 is primary and answers"), "\(lives.errorText)")
        try await cluster.shell(
            "db1",
            "nft 'add table inet away'; nft 'add chain inet away in { type filter hook input priority 0; }'; "
                + "nft 'add rule inet away in tcp dport 22 drop'")
        for words in [[], ["--fenced", "db1"]] {
            let outcome = try await cluster.run(
                "failover", ["--to", "db2", "--yes"] + words, expecting: 1)
            #expect(outcome.errorText.contains("failover.alive"), "\(outcome.errorText)")
        }
        try await cluster.shell("db1", "nft 'delete table inet away'")
        try await cluster.expectConverged()
    }

    @Test("given up before the promotion, the standbys follow again as before")
    func givenUp() async throws {
        let cluster = try await LabCluster.ready()
        try await crash("db1", in: cluster)
        // ALTER SYSTEM can't write its file.
        let obstacle = "/var/lib/postgresql/15/main/postgresql.auto.conf.tmp"
        try await cluster.shell("db3", "mkdir \(obstacle)")
        let outcome = try await cluster.kumki("failover", "--to", "db2", "--yes", expecting: 1)
        #expect(outcome.outputText.contains("follow as before"), "\(outcome.outputText)\(outcome.errorText)")
        try await cluster.shell("db3", "rmdir \(obstacle)")
        try await cluster.shell("db1", "systemctl reset-failed postgresql@15-main; systemctl start postgresql@15-main")
        try await cluster.wait("the standbys stream from it again") {
            let question = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
            return try await cluster.sql("db1", question) == "2"
        }
        try await cluster.expectConverged()
    }

    @Test("killed whenever a step begins or ends, the same command finishes it, and there are never two primaries")
    func killed() async throws {
        let cluster = try await LabCluster.ready()
        let client = try await client(in: cluster)
        try await crash("db1", in: cluster)
        let killed = try await cluster.holdingSteps {
            try await $0.kill(
                "failover", ["--to", "db2", "--yes"], survey: { try await cluster.expectOnePrimaryAtMost() })
        }
        for step in ["db2/cut", "db2/promote", "db1/standby.signal", "db3/upstream"] {
            #expect(killed.contain(step), "\(killed)")
        }
        try await cluster.kumki("failover", "--to", "db2", "--yes", expecting: 0)
        try await client.expectNothingLost(on: ["db2", "db3", "db4"])
        try await restore(cluster)
    }

    @Test("nobody may be primary by itself: the former primary starts; without it the newest is promoted")
    func elect() async throws {
        let cluster = try await LabCluster.ready()
        try await crash("db1", in: cluster)
        let started = try await cluster.kumki("elect", "--yes", expecting: 0)
        #expect(started.errorText.contains("db1 was primary last"), "\(started.errorText)")
        #expect(try await cluster.kumki("primary", expecting: 0).outputText == "db1\n")
        try await cluster.expectConverged()
        try await cluster.lab.kill("db1")
        try await cluster.shell("db3", "systemctl stop postgresql@15-main")
        let elected = try await cluster.kumki("elect", "--fenced", "db1", "--yes", expecting: 0)
        #expect(elected.outputText.contains("promote"), "\(elected.outputText)")
        try await cluster.kumki("verify", "--without", "db1", expecting: 0)
        try await cluster.lab.start("db1")
        try await restore(cluster)
    }
}
