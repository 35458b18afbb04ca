import FoundationEssentials
import Hosts
import Lab
import Testing

/// What can't be done is told and nothing is destroyed; first on hosts that have nothing, then on a running cluster.
@Suite(
    "Refusals", .serialized,
    .lab(
        """
        cluster: $CLUSTER
        ssh: {user: root, identity_file: $LAB/id_ed25519, known_hosts_file: $LAB/known_hosts, connect_timeout: 3s}
        hosts:
          db1: {address: $NET.11, roles: [primary]}
          db2: {address: $NET.12, roles: [standby], replication: sync}
          db3: {address: $NET.13, roles: [standby], replication: sync}
        postgresql:
          version: 15
          superuser_password: {file: $LAB/secrets/superuser}
          settings: {shared_buffers: 32MB}
        replication:
          password: {file: $LAB/secrets/replicator}
          synchronous: {method: any, confirm: 1}

        """, deployed: false))
struct RefusalTests {
    private let data = "/var/lib/postgresql/15/main"

    private let program = "runuser -u postgres -- /usr/lib/postgresql/15/bin"
    private var initdb: String { "install -d -o postgres \(data); \(program)/initdb -D \(data) >/dev/null" }

    /// What kumki said, on either stream.
    private func words(_ outcome: Outcome) -> String { outcome.outputText + outcome.errorText }

    @Test("a taken port, foreign files, a foreign cluster or a full disk stop the first deploy, and nothing is lost")
    func beforeTheFirstDeploy() async throws {
        let cluster = try await LabCluster.ready()
        try await cluster.shell("db1", "systemd-run -q --unit=squatter --socket-property=ListenStream=5432 true")
        let port = words(try await cluster.kumki("plan", expecting: 1))
        #expect(port.contains("[port.taken]"), "\(port)")
        #expect(port.contains("db1"))
        try await cluster.shell("db1", "systemctl stop squatter.socket")

        try await cluster.shell("db2", "mkdir -p \(data); echo precious >\(data)/notes")
        let files = words(try await cluster.kumki("apply", "--yes", expecting: 1))
        #expect(files.contains("db2"))
        #expect(files.contains(data), "\(files)")
        try await cluster.shell("db1", "[ ! -e \(data)/PG_VERSION ]")
        #expect(try await cluster.shell("db2", "cat \(data)/notes; rm -r \(data)") == "precious\n")

        try await cluster.shell("db3", initdb)
        let foreign = words(try await cluster.kumki("apply", "--yes", expecting: 1))
        #expect(foreign.contains("db3 (stopped, timeline 1"), "\(foreign)")
        try await cluster.shell("db3", "[ -e \(data)/PG_VERSION ] && rm -r \(data)")

        try await cluster.onMachine("mount -t tmpfs -o size=12m tmpfs /var/lib/postgresql/15", in: "db2")
        let full = words(try await cluster.kumki("apply", "--yes", expecting: 1))
        #expect(full.contains("db2/basebackup"), "\(full)")
        try await cluster.shell("db2", "[ ! -e \(data)/PG_VERSION ]")
        try await cluster.onMachine("umount /var/lib/postgresql/15", in: "db2")
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
    }

    @Test("another major version, a foreign cluster on a standby, and a disk too small change nothing")
    func foreignClusters() async throws {
        let cluster = try await LabCluster.ready()
        let text = try String(contentsOfFile: cluster.file, encoding: .utf8)
        try cluster.edit { $0.replacing("version: 15", with: "version: 16") }
        let version = words(try await cluster.kumki("apply", "--yes", expecting: 1))
        #expect(version.contains("[version.major]"), "\(version)")
        try cluster.edit { _ in text }

        try await cluster.shell("db3", "systemctl stop postgresql@15-main; mv \(data) /var/lib/postgresql/15/kept")
        try await cluster.shell("db3", initdb)
        let identifier = words(try await cluster.kumki("apply", "--yes", expecting: 1))
        #expect(identifier.contains("[data.system-identifier]"), "\(identifier)")
        #expect(identifier.contains("db3"))
        try await cluster.shell("db3", "rm -r \(data); mv /var/lib/postgresql/15/kept \(data)")
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
    }

    @Test("two primaries are refused, each named with its timeline and position")
    func splitBrain() async throws {
        let cluster = try await LabCluster.ready()
        try await cluster.shell("db3", "\(program)/pg_ctl promote -D \(data)")
        for command in ["plan", "apply --yes"] {
            let refused = words(try await cluster.kumki(command, expecting: 1))
            #expect(refused.contains("[roles.split-brain]"), "\(refused)")
            #expect(refused.contains(/db1 \(timeline 1, LSN [0-9A-F]+\/[0-9A-F]+\)/), "\(refused)")
            #expect(refused.contains(/db3 \(timeline 2, LSN [0-9A-F]+\/[0-9A-F]+\)/), "\(refused)")
        }
        try await cluster.shell("db3", "systemctl stop postgresql@15-main")
        let diverged = words(try await cluster.kumki("apply", "--yes", expecting: 1))
        #expect(diverged.contains("db3"), "\(diverged)")
        try await cluster.shell("db3", "[ -e \(data)/PG_VERSION ] && rm -r \(data)")
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
    }

    @Test("a host that can't be seen: the others' changes are shown, the exit is 1, and --without goes on")
    func unseen() async throws {
        let cluster = try await LabCluster.ready()
        try await cluster.lab.pause("db3")
        try await cluster.shell("db2", "chmod 0666 /etc/postgresql/15/main/pg_hba.conf")
        let plan = try await cluster.plan(expecting: 1)
        #expect(plan.ids.contains("db2/pg_hba.conf"))
        #expect(plan.changes.allSatisfy { $0.host == "db2" })
        let said = words(try await cluster.kumki("apply", "--yes", expecting: 1))
        #expect(said.contains("db3"), "\(said)")
        #expect(try await cluster.shell("db2", "stat -c %a /etc/postgresql/15/main/pg_hba.conf") == "666\n")
        // Carried out; verification stays red as long as a declared host is away.
        try await cluster.kumki("apply", "--yes", "--without", "db3", expecting: 0)
        #expect(try await cluster.shell("db2", "stat -c %a /etc/postgresql/15/main/pg_hba.conf") == "640\n")

        try await cluster.lab.pause("db2")
        let half = words(try await cluster.kumki("plan", expecting: 1))
        #expect(half.contains("[roles.majority]"), "\(half)")
        #expect(half.contains("--without db2,db3"), "\(half)")
        try await cluster.kumki("plan", "--without", "db2,db3", expecting: 0)
        try await cluster.lab.unpause("db2")
        try await cluster.lab.unpause("db3")
        try await cluster.wait("the standbys stream") {
            try await cluster.sql("db1", "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == "2"
        }
        try await cluster.expectConverged()
    }

    @Test("a second operator is told who holds the lock since when; it is gone with the first one's connection")
    func locked() async throws {
        let cluster = try await LabCluster.ready()
        try cluster.edit { $0.replacing("shared_buffers: 32MB", with: "shared_buffers: 40MB") }
        try await cluster.holdingSteps { steps in
            let first = try await cluster.startInBackground("apply", "--yes")
            try await steps.reach("begin db2/postgresql.conf", first)
            let second = words(try await cluster.kumki("apply", "--yes", expecting: 1))
            #expect(second.contains("[lock.held]"), "\(second)")
            #expect(second.contains("(pid \(first.process)) since 2"), "\(second)")
            try await first.signal("KILL")
        }
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
    }
}
