import Diagnostics
import Hosts
import Lab
import Testing

/// An old primary that comes back stays down; a whole cluster that comes back comes up.
@Suite("The start guard")
struct StartGuardTests {
    private static let trio = """
        cluster: $CLUSTER
        ssh: {user: root, identity_file: $LAB/id_ed25519, known_hosts_file: $LAB/known_hosts, connect_timeout: 3s}
        hosts:
          db1: {address: $NET.11, roles: [primary]}
          db2: {address: $NET.12, roles: [standby]}
          db3: {address: $NET.13, roles: [standby]}
        postgresql:
          version: 15
          superuser_password: {file: $LAB/secrets/superuser}
          settings: {shared_buffers: 32MB}
        replication:
          password: {file: $LAB/secrets/replicator}

        """
    private let unit = "postgresql@15-main.service"

    @Test("a whole cluster that lost its power comes up by itself, with the primary that it had")
    func powerLoss() async throws {
        try await LabCluster.with(Self.trio) { cluster in
            try await cluster.kumki("apply", "--yes", expecting: 0)
            _ = try await cluster.sql("db1", "CREATE TABLE kept AS SELECT 1 AS n")
            for host in ["db1", "db2", "db3"] { try await cluster.lab.kill(host) }
            for host in ["db1", "db2", "db3"] { try await cluster.lab.start(host) }
            try await cluster.wait("the standbys stream again") {
                let question = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
                guard try await isReady("db1", in: cluster) else { return false }
                return try await cluster.sql("db1", question) == "2"
            }
            #expect(try await cluster.sql("db1", "INSERT INTO kept VALUES (2) RETURNING n") == "2")
            try await cluster.kumki("plan", expecting: 0)
        }
    }

    @Test("an old primary that comes back stays down, and says why, however it is started")
    func oldPrimary() async throws {
        try await LabCluster.with(Self.trio) { cluster in
            try await cluster.kumki("apply", "--yes", expecting: 0)
            try await cluster.lab.kill("db1")
            _ = try await cluster.sql("db2", "SELECT pg_promote()")
            try await cluster.lab.start("db1")
            try await cluster.wait("the old primary is refused") {
                try await cluster.shell("db1", "systemctl is-failed \(unit) || :").hasPrefix("failed")
            }
            #expect(try await !isReady("db1", in: cluster))
            let words = "db2 (\(cluster.network).12) is primary on timeline 2, the data of db1 ends on timeline 1"
            let status = try await cluster.shell("db1", "systemctl status --no-pager -l \(unit) || :")
            #expect(status.contains("start guard: refused: \(words)"), "\(status)")
            #expect(status.contains("kumki rejoin INVENTORY db1"), "\(status)")

            // By hand, and where the new primary no longer admits the host.
            let start = "! systemctl start \(unit) && journalctl -q --no-pager -o cat -n 12 -u \(unit)"
            #expect(try await cluster.shell("db1", start).contains(words))
            let closing = """
                sed -i '/\(cluster.network).11/d' /etc/postgresql/15/main/pg_hba.conf
                systemctl reload \(unit)
                """
            try await cluster.shell("db2", closing)
            let closed = try await cluster.shell("db1", start)
            #expect(closed.contains("does not let db1 look"), "\(closed)")
            #expect(try await !isReady("db1", in: cluster))

            // As a standby it may start.
            let standby = "runuser -u postgres -- touch /var/lib/postgresql/15/main/standby.signal"
            try await cluster.shell("db1", "\(standby) && systemctl start \(unit)")
            try await cluster.wait("the standby is up") { try await isReady("db1", in: cluster) }
            #expect(try await cluster.sql("db1", "SELECT pg_is_in_recovery()") == "t")
        }
    }

    private func isReady(_ host: String, in cluster: LabCluster) async throws -> Bool {
        try await cluster.lab.execute(Script("pg_isready -q"), on: host).succeeded
    }
}
