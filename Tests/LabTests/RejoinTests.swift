import FoundationEssentials
import Hosts
import Lab
import Testing

/// An old primary, or a standby that went another way, comes back: rewound, or copied afresh.
@Suite(
    "Rejoin and rebuild", .serialized,
    .lab(
        """
        cluster: $CLUSTER
        ssh: {user: root, identity_file: $LAB/id_ed25519, known_hosts_file: $LAB/known_hosts}
        hosts:
          db1: {address: $NET.11, roles: [primary]}
          db2: {address: $NET.12, roles: [standby]}
          db3: {address: $NET.13, roles: [standby], upstream: db1}
        postgresql:
          version: 15
          superuser_password: {file: $LAB/secrets/superuser}
          settings: {shared_buffers: 32MB}
          databases: [{name: app}]
        replication:
          password: {file: $LAB/secrets/replicator}

        """))
struct RejoinTests {
    private let data = "/var/lib/postgresql/15/main"

    private func words(_ outcome: Outcome) -> String { outcome.outputText + outcome.errorText }

    private func primary(_ cluster: LabCluster) async throws -> String {
        try await cluster.kumki("primary", expecting: 0).outputText.filter { $0 != "\n" }
    }

    /// Stops the primary hard, promotes its standby past kumki and writes a row on both sides.
    ///
    /// - Returns: who is primary now, and who was.
    private func breakApart(_ cluster: LabCluster) async throws -> (new: String, old: String) {
        let old = try await primary(cluster)
        let new = old == "db1" ? "db2" : "db1"
        _ = try await cluster.sql(
            old,
            "CREATE TABLE IF NOT EXISTS written (by text, n serial); TRUNCATE written; "
                + "INSERT INTO written (by) VALUES ('both')", database: "app")
        let position = try await cluster.sql(old, "SELECT pg_current_wal_lsn()")
        try await cluster.wait("\(new) has it") {
            try await cluster.sql(new, "SELECT pg_last_wal_replay_lsn() >= '\(position)'") == "t"
        }
        try await cluster.shell(
            old, "systemctl kill -s KILL postgresql@15-main; systemctl stop postgresql@15-main || :")
        _ = try await cluster.sql(new, "SELECT pg_promote()")
        _ = try await cluster.sql(new, "INSERT INTO written (by) VALUES ('\(new)')", database: "app")
        return (new, old)
    }

    /// Starts the old primary past every guard, and writes on it.
    private func startAlone(_ host: String, _ cluster: LabCluster) async throws {
        let program = "setpriv --reuid=postgres --regid=postgres --init-groups /usr/lib/postgresql/15/bin/pg_ctl"
        try await cluster.shell(
            host,
            "cd /; \(program) -D \(data) -o '-c config_file=/etc/postgresql/15/main/postgresql.conf' -l /tmp/alone.log -w start >/dev/null"
        )
        _ = try await cluster.sql(
            host, "INSERT INTO written (by) SELECT '\(host)' FROM generate_series(1, 100)", database: "app")
    }

    private func rows(_ host: String, by writer: String, _ cluster: LabCluster) async throws -> Int {
        Int(try await cluster.sql(host, "SELECT count(*) FROM written WHERE by = '\(writer)'", database: "app")) ?? -1
    }

    private func expectFollowing(_ old: String, _ new: String, _ cluster: LabCluster) async throws {
        try await cluster.wait("the rows of \(new) are on \(old)") { try await rows(old, by: new, cluster) > 0 }
        #expect(try await rows(old, by: old, cluster) == 0, "rows that only \(old) had")
    }

    @Test("a second primary is refused by apply, named by rejoin with what it loses, and comes back as a standby")
    func splitBrain() async throws {
        let cluster = try await LabCluster.ready()
        let (new, old) = try await breakApart(cluster)
        try await startAlone(old, cluster)
        for command in ["plan", "apply"] {
            let refused = words(
                try await cluster.run(command, command == "apply" ? ["--yes"] : [], expecting: 1))
            #expect(refused.contains("[roles.split-brain]") && refused.contains("kumki rejoin"), "\(refused)")
        }
        let unapproved = words(try await cluster.kumki("rejoin", old, "--yes", expecting: 1))
        #expect(unapproved.contains("[approval.destroy]"), "\(unapproved)")
        #expect(unapproved.contains("bytes of WAL that only it has are thrown away"), "\(unapproved)")
        #expect(try await rows(old, by: old, cluster) == 100, "nothing was touched")

        try await cluster.kumki("rejoin", old, "--yes", "--approve-destroy", old)
        try await expectFollowing(old, new, cluster)
        // The one below it followed a primary that is gone; that is for apply, or for a rejoin of its own.
        try await mendTheRest(cluster)
        let again = try await cluster.kumki("rejoin", old, "--yes", expecting: 0)
        #expect(again.outputText.contains("Nothing to change"), "\(again.outputText)")
    }

    /// Rejoins and applies until nothing is left to do.
    private func mendTheRest(_ cluster: LabCluster) async throws {
        try await cluster.kumki("rejoin", "db3", "--yes", "--approve-destroy", "db3")
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
    }

    @Test("a crashed old primary is recovered and rewound; one that lost nothing only follows")
    func crashed() async throws {
        let cluster = try await LabCluster.ready()
        let (new, old) = try await breakApart(cluster)
        try await startAlone(old, cluster)
        try await cluster.shell(old, "kill -9 $(head -n 1 \(data)/postmaster.pid)")
        try await cluster.wait("it is gone") { try await cluster.shell(old, "pgrep -x postgres || :") == "" }
        let done = words(try await cluster.kumki("rejoin", old, "--yes", "--approve-destroy", old))
        #expect(done.contains("bytes of WAL that only it has"), "\(done)")
        try await expectFollowing(old, new, cluster)
        try await mendTheRest(cluster)

        // Everything it wrote reached its standby: no record lies behind the fork.
        let (successor, former) = try await breakApart(cluster)
        try await cluster.kumki("rejoin", former, "--yes")
        try await cluster.wait("it follows") { try await rows(former, by: successor, cluster) > 0 }
        try await mendTheRest(cluster)
    }

    @Test("a rejoin that was killed whenever a step begins or ends is finished by the same command")
    func killedRejoin() async throws {
        let cluster = try await LabCluster.ready()
        let (new, old) = try await breakApart(cluster)
        try await startAlone(old, cluster)
        let killed = try await cluster.holdingSteps {
            try await $0.kill("rejoin", [old, "--yes", "--approve-destroy", old])
        }
        #expect(killed.contain("\(old)/rewind") && killed.contain("\(old)/start"), "\(killed)")
        let again = words(try await cluster.kumki("rejoin", old, "--yes", "--approve-destroy", old))
        #expect(again.contains("Nothing to change: \(old) is a standby again"), "\(again)")
        #expect(try await primary(cluster) == new)
        try await expectFollowing(old, new, cluster)
        try await mendTheRest(cluster)
    }

    @Test("after a pg_rewind that was killed nothing goes on but rebuild, which keeps what was there")
    func killedRewind() async throws {
        let cluster = try await LabCluster.ready()
        if try await primary(cluster) != "db1" {
            try await cluster.kumki("switchover", "--to", "db1", "--yes", expecting: 0)
        }
        let (new, old) = try await breakApart(cluster)
        try await startAlone(old, cluster)
        try await cluster.wait("db3 has followed it off the line") { try await rows("db3", by: old, cluster) == 100 }
        // A limit on the size of files has the kernel kill it in the midst of a WAL segment.
        let program = "/usr/lib/postgresql/15/bin/pg_rewind"
        try await cluster.shell(
            old,
            """
            mv \(program) \(program).real
            cat >\(program) <<'END'
            #!/bin/sh
            case "$*" in *--dry-run*) ;; *) ulimit -f 8000 ;; esac
            exec \(program).real "$@"
            END
            chmod 755 \(program)
            """)
        let failed = words(try await cluster.kumki("rejoin", old, "--yes", "--approve-destroy", old, expecting: 1))
        #expect(failed.contains("only kumki rebuild"), "\(failed)")
        try await cluster.shell(old, "mv \(program).real \(program)")
        let refused = words(try await cluster.kumki("rejoin", old, "--yes", "--approve-destroy", old, expecting: 1))
        #expect(refused.contains("[rejoin.impossible]") && refused.contains("did not end"), "\(refused)")
        let apply = words(try await cluster.kumki("apply", "--yes", expecting: 1))
        #expect(apply.contains("kumki rebuild"), "\(apply)")

        // db3 can't be moved out of the way meanwhile.
        let rebuilt = try await cluster.kumki("rebuild", old, "--yes", "--max-rate", "4MB", expecting: 2)
        #expect(words(rebuilt).contains("`kumki rejoin INVENTORY db3` comes next"), "\(words(rebuilt))")
        #expect(
            rebuilt.outputText.contains(" MB/s, ") && rebuilt.outputText.contains(" s left"), "\(rebuilt.outputText)")
        try await expectFollowing(old, new, cluster)
        #expect(
            try await cluster.shell(old, "cat \(data).kumki-old/kumki.failed; ls -d \(data).kumki-*").contains(
                "did not end"))
        try await mendTheRest(cluster)
        let leftover = words(try await cluster.kumki("rebuild", old, "--yes", "--in-place", expecting: 1))
        #expect(leftover.contains("[approval.destroy]"), "\(leftover)")
        let second = words(try await cluster.kumki("rebuild", old, "--yes", expecting: 1))
        #expect(second.contains("[rebuild.leftover]"), "\(second)")
        try await cluster.kumki("rebuild", old, "--yes", "--discard-old", expecting: 0)
        #expect(try await cluster.shell(old, "ls -d \(data).kumki-* || :") == "")
        try await cluster.expectConverged()
    }

    @Test(
        "a rebuild moves those below the host away and back, keeps tablespaces apart, and --discard-old leaves nothing")
    func rebuildInTheMiddle() async throws {
        let cluster = try await LabCluster.ready()
        if try await primary(cluster) == "db1" {
            try await cluster.kumki("switchover", "--to", "db2", "--yes", expecting: 0)
        }
        for host in ["db1", "db2", "db3"] {
            try await cluster.shell(host, "install -d -o postgres -g postgres -m 0700 /srv/space")
        }
        _ = try await cluster.sql("db2", "CREATE TABLESPACE side LOCATION '/srv/space'")
        _ = try await cluster.sql("db2", "CREATE TABLE IF NOT EXISTS apart (n int) TABLESPACE side", database: "app")
        try await cluster.kumki("rebuild", "db1", "--yes", expecting: 0)
        try await cluster.expectConverged()
        #expect(try await cluster.shell("db1", "readlink \(data).kumki-old/pg_tblspc/*") == "/srv/space.kumki-old\n")
        try await cluster.kumki("rebuild", "db1", "--yes", "--discard-old", expecting: 0)
        #expect(try await cluster.shell("db1", "ls -d \(data).kumki-* /srv/space.kumki-* 2>/dev/null || :") == "")
        try await cluster.kumki("rebuild", "db1", "--yes", "--in-place", "--approve-destroy", "db1", expecting: 0)
        #expect(try await cluster.shell("db1", "ls -d \(data).kumki-* /srv/space.kumki-* 2>/dev/null || :") == "")
        try await cluster.expectConverged()
        #expect(try await cluster.sql("db3", "SELECT count(*) FROM apart", database: "app") == "0")
    }

    @Test("a rebuild that was killed whenever a step begins or ends is finished by the same command")
    func killedRebuild() async throws {
        let cluster = try await LabCluster.ready()
        if try await primary(cluster) == "db1" {
            try await cluster.kumki("switchover", "--to", "db2", "--yes", expecting: 0)
        }
        let killed = try await cluster.holdingSteps {
            try await $0.kill("rebuild", ["db1", "--yes", "--discard-old"])
        }
        for step in ["db1/stop", "db1/old data directory", "db1/basebackup", "db1/start"] {
            #expect(killed.contain(step), "\(killed)")
        }
        try await cluster.kumki("rebuild", "db1", "--yes", "--discard-old", expecting: 0)
        try await cluster.expectConverged()
        #expect(try await cluster.shell("db1", "ls -d \(data).kumki-* 2>/dev/null || :") == "")
    }
}
