import Diagnostics
import FoundationEssentials
import Hosts
import Testing

/// An edited inventory changes what was edited, in an order that keeps the cluster serving.
@Suite(
    "Edited inventories", .serialized,
    .lab(
        """
        cluster: $CLUSTER
        ssh: {user: root, identity_file: $LAB/id_ed25519, known_hosts_file: $LAB/known_hosts}
        hosts:
          db1: {address: $NET.11, roles: [primary]}
          db2: {address: $NET.12, roles: [standby], replication: {mode: sync, priority: 1}}
          db3: {address: $NET.13, roles: [standby], replication: {mode: sync, priority: 2}}
        postgresql:
          version: 15
          superuser_password: {file: $LAB/secrets/superuser}
          settings:
            shared_buffers: 32MB
            max_connections: 100
          hba:
            - {type: host, database: app, user: app, address: $NET.0/24, method: scram-sha-256}
          users:
            - {name: app, password: {file: $LAB/secrets/app}}
          databases:
            - {name: app, owner: app}
        replication:
          password: {file: $LAB/secrets/replicator}
          synchronous: {method: first, confirm: 1}

        """))
struct EditTests {
    private let hosts = ["db1", "db2", "db3"]
    private let conf = "/etc/postgresql/15/main/postgresql.conf"

    /// The same change on every host.
    private func everywhere(_ reasons: [String: String]) -> [String: String] {
        var all: [String: String] = [:]
        for host in hosts { for (step, words) in reasons { all["\(host)/\(step)"] = words } }
        return all
    }

    private func edit(_ old: String, _ new: String) throws {
        try LabCluster.shared.edit { $0.replacing(old, with: new) }
    }

    private func values(of setting: String) async throws -> [String] {
        var values: [String] = []
        for host in hosts { values.append(try await LabCluster.shared.sql(host, "SHOW \(setting)")) }
        return values
    }

    @Test("a setting that a reload changes restarts nothing, and taken out it is the default again")
    func reloads() async throws {
        let cluster = try await LabCluster.ready()
        try edit("    max_connections: 100\n", "    max_connections: 100\n    work_mem: 8MB\n")
        try await cluster.expectMended(everywhere(["postgresql.conf": "work_mem", "reload": "work_mem 4MB -> 8MB"]))
        #expect(try await values(of: "work_mem") == ["8MB", "8MB", "8MB"])

        try edit("    work_mem: 8MB\n", "")
        try await cluster.expectMended(
            everywhere(["postgresql.conf": "work_mem 8MB -> default", "reload": "work_mem"]))
        #expect(try await values(of: "work_mem") == ["4MB", "4MB", "4MB"])
    }

    @Test("a setting that a restart changes restarts the standbys before the primary")
    func restarts() async throws {
        let cluster = try await LabCluster.ready()
        try edit("max_connections: 100", "max_connections: 200")
        let plan = try await cluster.expectMended(
            everywhere(["postgresql.conf": "max_connections 100 -> 200", "restart": "max_connections"]).merging([
                "db2/streaming": "again", "db3/streaming": "again",
            ]) { $1 }, restarting: Set(hosts))
        #expect(plan.predecessors(of: "db1/restart").isSuperset(of: ["db2/restart", "db3/restart"]))
        #expect(plan.summary.restart == 3)
        let started = try await [cluster.startTime("db1"), cluster.startTime("db2"), cluster.startTime("db3")]
            .map { Double($0) ?? 0 }
        #expect(started[0] > started[1])
        #expect(started[0] > started[2])
        #expect(try await values(of: "max_connections") == ["200", "200", "200"])
    }

    @Test("lowering one hot-standby setting while another is raised stops no standby's replay")
    func bothWays() async throws {
        let cluster = try await LabCluster.ready()
        try edit("max_connections: 100", "max_connections: 90\n    max_worker_processes: 12")
        let plan = try await cluster.plan(expecting: 2)
        #expect(plan["db1/postgresql.conf"]?.reason.contains("max_connections 100 -> 90") == true)
        #expect(plan["db2/postgresql.conf"]?.reason.contains("max_connections") == false)
        for host in hosts { try await cluster.shell(host, ": >/var/log/postgresql/postgresql-15-main.log") }
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
        #expect(try await values(of: "max_connections") == ["90", "90", "90"])
        #expect(try await values(of: "max_worker_processes") == ["12", "12", "12"])
        for host in ["db2", "db3"] {
            let log = try await cluster.shell(host, "cat /var/log/postgresql/postgresql-15-main.log")
            #expect(!log.contains("insufficient parameter settings"), "\(log)")
        }
    }

    @Test("synchronous replication goes and comes back with a reload")
    func synchronous() async throws {
        let cluster = try await LabCluster.ready()
        let before = try await cluster.sql("db1", "SHOW synchronous_standby_names")
        let text = try String(contentsOfFile: cluster.file, encoding: .utf8)
        try cluster.edit { text in
            text.replacing(", replication: {mode: sync, priority: 1}", with: "")
                .replacing(", replication: {mode: sync, priority: 2}", with: "")
                .replacing("  synchronous: {method: first, confirm: 1}\n", with: "")
        }
        let names = "synchronous_standby_names"
        try await cluster.expectMended(everywhere([names: "\(before) -> unset", "reload \(names)": names]))
        #expect(try await values(of: "synchronous_standby_names") == ["", "", ""])

        try cluster.edit { _ in text }
        try await cluster.expectMended(everywhere([names: "unset -> \(before)", "reload \(names)": names]))
        #expect(try await values(of: "synchronous_standby_names") == [before, before, before])
    }

    @Test("a new user, database and pg_hba line are made; lines taken out again drop nothing")
    func users() async throws {
        let cluster = try await LabCluster.ready()
        let text = try String(contentsOfFile: cluster.file, encoding: .utf8)
        try "s3cret-of-batch\n".write(toFile: "\(cluster.folder)/batch", atomically: true, encoding: .utf8)
        let line = "{type: host, database: jobs, user: batch, address: 198.18.0.0/15, method: scram-sha-256}"
        try cluster.edit { text in
            text.replacing("  databases:\n", with: "    - {name: batch, password: {file: batch}}\n  databases:\n")
                .replacing("{name: app, owner: app}", with: "{name: app, owner: app}\n    - {name: jobs, owner: batch}")
                .replacing("  users:\n", with: "    - \(line)\n  users:\n")
        }
        let plan = try await cluster.expectMended(
            everywhere(["pg_hba.conf": "content differs", "reload": "pg_hba.conf"]).merging([
                "db1/record": "role batch", "db1/role batch": "the role is missing",
                "db1/database jobs": "the database is missing",
            ]) { $1 })
        #expect(plan["db1/database jobs"]?.after == ["db1/role batch"])
        let login = "PGPASSWORD=s3cret-of-batch psql -XAtqw -h \(cluster.network).11 -U batch -d jobs -c 'SELECT 1'"
        #expect(try await cluster.shell("db2", login) == "1\n")

        try cluster.edit { _ in text }
        let removal = try await cluster.plan(expecting: 2)
        #expect(!removal.ids.contains("db1/role batch"))
        #expect(!removal.ids.contains("db1/database jobs"))
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
        #expect(try await cluster.sql("db1", "SELECT count(*) FROM pg_roles WHERE rolname = 'batch'") == "1")
        #expect(try await cluster.sql("db1", "SELECT count(*) FROM pg_database WHERE datname = 'jobs'") == "1")
    }

    @Test("another port or data directory is refused with what to do instead")
    func refused() async throws {
        let cluster = try await LabCluster.ready()
        let text = try String(contentsOfFile: cluster.file, encoding: .utf8)
        let edits = [
            ("  version: 15\n  port: 5433\n", "port.changed"),
            ("  version: 15\n  data_directory: /srv/pg\n", "data-directory.changed"),
        ]
        for (edited, code) in edits {
            try cluster.edit { $0.replacing("  version: 15\n", with: edited) }
            for command in ["plan", "apply --yes"] {
                let words = try await cluster.kumki(command, expecting: 1).errorText
                #expect(words.contains("[\(code)]"), "\(words)")
                #expect(words.contains("kumki stop"), "\(words)")
            }
            try cluster.edit { _ in text }
        }
        try await cluster.expectConverged()
    }

    @Test("a wrong value is refused before anything is touched, and one that the server refuses leaves it running")
    func badValues() async throws {
        let cluster = try await LabCluster.ready()
        try edit("shared_buffers: 32MB", "shared_buffers: 128MX")
        for command in ["validate", "plan", "apply --yes"] {
            let words = try await cluster.kumki(command, expecting: 1).errorText
            #expect(words.contains("128MX"), "\(words)")
            #expect(words.contains("^"), "\(words)")
        }
        try edit("shared_buffers: 128MX", "shared_buffers: 32MB")

        // What only a start shows: the old file comes back on the host that was restarted, and the primary's is untouched.
        let before = try await cluster.shell("db2", "sha256sum \(conf)")
        let started = try await cluster.startTime("db1")
        let bad = [
            ("shared_buffers: 32MB\n    shared_preload_libraries: no_such_library", "no_such_library"),
            ("shared_buffers: 900GB", "memory"),
        ]
        for (edited, word) in bad {
            try edit("shared_buffers: 32MB", edited)
            let words = try await words(cluster.kumki("apply", "--yes", expecting: 1))
            #expect(words.contains(word), "\(words)")
            #expect(words.contains("it runs with the old one again"), "\(words)")
            for host in hosts { try await cluster.shell(host, "pg_isready -q") }
            for host in hosts { #expect(try await cluster.shell(host, "sha256sum \(conf)") == before) }
            #expect(try await cluster.startTime("db1") == started)
            try edit(edited, "shared_buffers: 32MB")
            try await cluster.kumki("apply", "--yes", expecting: 0)
            try await cluster.expectConverged()
            #expect(try await cluster.shell("db1", "sha256sum \(conf)") == before)
            #expect(try await cluster.startTime("db1") == started)
        }
    }

    private func words(_ outcome: Outcome) -> String { outcome.outputText + outcome.errorText }

    @Test("--limit carries out one host's changes unless they wait for another's, --restart leaves restarts pending")
    func parts() async throws {
        let cluster = try await LabCluster.ready()
        try edit("max_connections: 100", "max_connections: 110")
        let limited = try await cluster.kumki("plan", "--limit", "db1", expecting: 1)
        #expect(limited.errorText.contains("--limit"), "\(limited.errorText)")
        try await cluster.kumki("apply", "--yes", "--limit", "db2", expecting: 0)
        #expect(try await values(of: "max_connections") == ["100", "110", "100"])

        let started = try await cluster.startTime("db3")
        let held = try await cluster.kumki("apply", "--yes", "--restart", "never", expecting: 2)
        #expect((held.outputText + held.errorText).contains("db3/restart"), "\(held.outputText)")
        #expect(try await values(of: "max_connections") == ["100", "110", "100"])
        #expect(try await cluster.startTime("db3") == started)
        let waiting = try await cluster.kumki("plan", "--restart", "never", expecting: 2)
        #expect(waiting.outputText.contains("db3/restart"), "\(waiting.outputText)")

        try await cluster.kumki("apply", "--yes", "--restart", "standbys", expecting: 2)
        #expect(try await values(of: "max_connections") == ["100", "110", "110"])
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
        #expect(try await values(of: "max_connections") == ["110", "110", "110"])
    }
}
