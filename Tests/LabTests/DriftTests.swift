import Hosts
import Testing

/// What somebody breaks behind kumki's back is seen, named, mended, and nothing else is touched.
@Suite(
    "Drift", .serialized,
    .lab(
        """
        cluster: $CLUSTER
        ssh: {user: root, identity_file: $LAB/id_ed25519, known_hosts_file: $LAB/known_hosts}
        hosts:
          db1: {address: $NET.11, roles: [primary]}
          db2: {address: $NET.12, roles: [standby], replication: {mode: sync, priority: 1}}
          db3: {address: $NET.13, roles: [standby], replication: {mode: sync, priority: 2}}
          db4: {address: $NET.14, roles: [standby], upstream: db2}
        postgresql:
          version: 15
          superuser_password: {file: $LAB/secrets/superuser}
          settings: {max_connections: 100, shared_buffers: 32MB, work_mem: 4MB}
          hba:
            - {type: host, database: app, user: app, address: $NET.0/24, method: scram-sha-256}
          users:
            - {name: app, password: {file: $LAB/secrets/app}}
            - {name: reporter, password: {file: $LAB/secrets/reporter}, attributes: [createdb]}
          databases:
            - {name: app, owner: app, extensions: [pg_stat_statements]}
        replication:
          password: {file: $LAB/secrets/replicator}
          synchronous: {method: first, confirm: 1}

        """))
struct DriftTests {
    private let folder = "/etc/postgresql/15/main"
    private let data = "/var/lib/postgresql/15/main"

    @Test("edited files come back with a reload: a setting, a trust line, a mode, the lines of /etc/hosts")
    func files() async throws {
        let cluster = try await LabCluster.ready()
        try await cluster.shell(
            "db1", "echo 'work_mem = 64MB' >>\(folder)/postgresql.conf; pg_ctlcluster 15 main reload")
        try await cluster.shell("db2", "echo 'host all all 0.0.0.0/0 trust' >>\(folder)/pg_hba.conf")
        try await cluster.shell("db3", "chmod 0644 ~postgres/.pgpass; chmod 0666 \(folder)/postgresql.conf")
        try await cluster.shell("db4", "sed '/kumki/,/kumki/d' /etc/hosts >/root/hosts; cat /root/hosts >/etc/hosts")
        try await cluster.wait("the server reads work_mem") {
            try await cluster.sql("db1", "SHOW work_mem") == "64MB"
        }
        let plan = try await cluster.expectMended([
            "db1/postgresql.conf": "work_mem", "db1/reload": "work_mem 64MB -> 4MB",
            "db2/pg_hba.conf": "content differs", "db2/reload": "pg_hba.conf",
            "db3/.pgpass": "mode 0644 -> 0600", "db3/postgresql.conf": "mode 0666 -> 0644",
            "db4/hosts": "lines of cluster",
        ])
        #expect(plan["db2/pg_hba.conf"]?.diff?.contains("-host all all 0.0.0.0/0 trust") == true)
        #expect(plan.summary.restart == 0)
        let trusting = "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'trust'"
        #expect(try await cluster.sql("db2", trusting) == "0")
    }

    @Test("a stopped standby without standby.signal and without its slot streams again, and never as a primary")
    func standby() async throws {
        let cluster = try await LabCluster.ready()
        try await cluster.shell("db3", "systemctl stop postgresql@15-main; rm \(data)/standby.signal")
        try await cluster.wait("the slot is free") {
            try await cluster.sql("db1", "SELECT active FROM pg_replication_slots WHERE slot_name = 'db3'") == "f"
        }
        _ = try await cluster.sql("db1", "SELECT pg_drop_replication_slot('db3')")
        try await cluster.expectMended(
            [
                "db1/slot db3": "the slot is missing", "db3/standby.signal": "would start as a primary",
                "db3/start": "stopped", "db3/streaming": "does not run",
            ], restarting: ["db3"])
        #expect(try await cluster.sql("db3", "SELECT pg_is_in_recovery()") == "t")
    }

    @Test("roles, passwords, extensions and ALTER SYSTEM come back without a restart")
    func catalogs() async throws {
        let cluster = try await LabCluster.ready()
        _ = try await cluster.sql("db1", "ALTER ROLE app PASSWORD 'changed'")
        _ = try await cluster.sql("db1", "DROP ROLE reporter")
        _ = try await cluster.sql("db1", "ALTER ROLE replicator NOREPLICATION PASSWORD NULL")
        _ = try await cluster.sql("db1", "DROP EXTENSION pg_stat_statements", database: "app")
        _ = try await cluster.sql("db1", "ALTER SYSTEM SET work_mem = '1MB'")
        _ = try await cluster.sql("db2", "ALTER SYSTEM SET max_connections = 300")
        for host in ["db1", "db2"] { try await cluster.shell(host, "pg_ctlcluster 15 main reload") }
        try await cluster.wait("the servers read ALTER SYSTEM") {
            let waits = "SELECT pending_restart FROM pg_settings WHERE name = 'max_connections'"
            let memory = try await cluster.sql("db1", "SHOW work_mem")
            return try await [memory, cluster.sql("db2", waits)] == ["1MB", "t"]
        }
        try await cluster.expectMended([
            "db1/role app": "the password differs", "db1/role reporter": "the role is missing",
            "db1/role replicator": "lacks REPLICATION, no password is set",
            "db1/extension app.pg_stat_statements": "the extension is missing",
            "db1/postgresql.auto.conf": "ALTER SYSTEM set work_mem = 1MB", "db1/reload": "work_mem 1MB -> 4MB",
            "db2/postgresql.auto.conf": "ALTER SYSTEM set max_connections = 300", "db2/reload": "max_connections",
        ])
        let question = "SELECT count(*) FROM pg_settings WHERE pending_restart"
        #expect(try await cluster.sql("db2", question) == "0")
        #expect(try await cluster.sql("db1", "SELECT rolcreatedb FROM pg_roles WHERE rolname = 'reporter'") == "t")
    }

    @Test("a standby whose data directory is gone is copied again, and its cascade streams on")
    func dataDirectory() async throws {
        let cluster = try await LabCluster.ready()
        try await cluster.shell("db2", "systemctl stop postgresql@15-main; rm -rf \(data)")
        try await cluster.expectMended(
            [
                "db2/basebackup": "a copy of db1", "db2/start": "new server", "db2/streaming": "new standby of db1",
                "db2/synchronous_standby_names": "unset -> FIRST 1",
                "db2/reload synchronous_standby_names": "FIRST 1",
                // The new copy lacks the WAL that db4 needs next; db1 has it, and db4 goes back once it is past that.
                "db2/record closed": "slot db4", "db1/record": "slot db4", "db1/slot db4": "the slot is missing",
                "db4/primary_conninfo": "\(cluster.network).11", "db4/reload": "primary_conninfo",
                "db4/streaming": "stream",
            ], restarting: ["db2"])
        #expect(try await cluster.sql("db1", "SELECT count(*) FROM pg_replication_slots") == "2")
        let question = "SELECT state FROM pg_stat_replication WHERE application_name = 'db4'"
        #expect(try await cluster.sql("db2", question) == "streaming")
    }

    @Test("a stopped primary is started again where nobody took its place")
    func primary() async throws {
        let cluster = try await LabCluster.ready()
        try await cluster.shell("db1", "systemctl stop postgresql@15-main")
        let refused = try await cluster.kumki("plan", expecting: 1)
        #expect((refused.outputText + refused.errorText).contains("kumki start"))
        try await cluster.kumki("start", "--yes", expecting: 0)
        try await cluster.expectConverged()
    }
}
