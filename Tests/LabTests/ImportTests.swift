import FoundationEssentials
import Hosts
import Inventory
import Lab
import Testing

/// A pair that somebody built by hand comes under kumki without losing anything.
@Suite("Importing", .serialized)
struct ImportTests {
    private static let hosts = """
        cluster: $CLUSTER
        ssh: {user: root, identity_file: $LAB/id_ed25519, known_hosts_file: $LAB/known_hosts}
        hosts:
          db1: {address: $NET.11, roles: [primary]}
          db2: {address: $NET.12, roles: [standby]}
        postgresql: {version: 15}
        replication: {password: {file: $LAB/secrets/replicator}}

        """

    private static let password = "made-by-hand-4711"

    @Test("import, validate, plan, apply: files and settings are kumki's, the data and the odd settings are as before")
    func debianPair() async throws {
        try await LabCluster.with(Self.hosts) { cluster in
            try await Self.buildPair(cluster)
            let imported = try await cluster.importHosts()
            let text = imported.outputText
            for line in [
                "  db1: {address: \(cluster.network).11, roles: [primary]}", "  user: repl",
                "    timezone: Europe/Berlin", "    lock_timeout: 30s", "    maintenance_work_mem: 96MB",
                "    - {type: host, database: shop, user: app, address: \(cluster.network).0/24, method: scram-sha-256}",
                "    # left out, trust asks for no password: host all all 0.0.0.0/0 trust",
                "    - {name: app, attributes: [createdb]}",
                "    - {name: shop, owner: app, extensions: [pg_stat_statements]}",
            ] { #expect(text.contains(line + "\n"), "\(line)\n\(text)") }
            #expect(imported.errorText.contains("SELECT pg_drop_replication_slot('second')"))
            #expect(!(text + imported.errorText).contains(Self.password))

            try cluster.edit { _ in text }
            try await cluster.kumki("validate", expecting: 0)
            try Self.writePassword(cluster)
            let plan = try await cluster.plan(expecting: 2)
            try await Self.expectDeliberate(plan, cluster)

            let before = try await cluster.sql("db1", "SELECT system_identifier FROM pg_control_system()")
            try await cluster.kumki("apply", "--yes", expecting: 0)
            try await cluster.expectConverged()
            for host in ["db1", "db2"] {
                #expect(try await cluster.sql(host, "SELECT count(*) FROM goods", database: "shop") == "1000")
                #expect(try await cluster.sql(host, "SHOW timezone") == "Europe/Berlin")
                #expect(try await cluster.sql(host, "SHOW lock_timeout") == "30s")
                #expect(try await cluster.sql(host, "SELECT system_identifier FROM pg_control_system()") == before)
            }
            #expect(try await cluster.sql("db1", "SHOW work_mem") == "8MB")
            #expect(try await cluster.sql("db2", "SHOW work_mem") == "16MB")
            let login = "PGPASSWORD=of-app psql -XAtqw -h \(cluster.network).11 -U app -d shop -c 'SELECT 1'"
            #expect(try await cluster.shell("db2", login) == "1\n")

            // Imported again, the cluster is what the inventory says.
            let again = try await cluster.importHosts().outputText
            try cluster.edit { _ in again }
            try await cluster.expectConverged()
        }
    }

    @Test("hosts without a server, a standby alone and a wrong port are refused with what to do")
    func refused() async throws {
        try await LabCluster.with(Self.hosts) { cluster in
            let none = try await cluster.importHosts(expecting: 1)
            #expect(none.outputText.isEmpty)
            #expect(none.errorText.contains("[import.no-server]"))
            try await Self.buildPair(cluster)
            let alone = try await cluster.importHosts(["db2"], expecting: 1)
            #expect(alone.errorText.contains("[import.primary]"), "\(alone.errorText)")
            let port = try await cluster.importHosts(["db1"], "--port", "5433", expecting: 1)
            #expect(port.errorText.contains("but on port 5432"), "\(port.errorText)")
            let one = try await cluster.importHosts(["db1"])
            #expect(one.errorText.contains("[import.stranger]"), "\(one.errorText)")
        }
    }

    /// The plan restarts for kumki's own settings and touches no data; all else is files, a slot and rights.
    private static func expectDeliberate(_ plan: PlanDocument, _ cluster: LabCluster) async throws {
        #expect(plan.changes.allSatisfy { !$0.destroysData })
        let files = [
            "record", "hosts", "pg_ident.conf", "start.conf", "pg_ctl.conf", "environment", "pg_hba.conf", ".pgpass",
            "postgresql.conf", "postgresql.auto.conf", "restart", "start guard", "start guard drop-in",
        ]
        let expected =
            files.flatMap { ["db1/\($0)", "db2/\($0)"] } + [
                "db1/rewind grants", "db1/slot db2", "db2/primary_conninfo", "db2/primary_slot_name", "db2/streaming",
            ]
        #expect(plan.ids == Set(expected))
        let restart = plan["db1/restart"]?.reason ?? ""
        let names = restart.split(separator: ",").compactMap { $0.split(separator: " ").first.map(String.init) }
        let own: Set = ["archive_mode", "cluster_name", "max_replication_slots", "max_wal_senders", "wal_log_hints"]
        #expect(Set(names) == own, "\(restart)")
        let file = plan["db1/postgresql.conf"]?.reason ?? ""
        for name in ["timezone", "work_mem", "lock_timeout", "listen_addresses"] {
            #expect(!file.contains(name), "\(file)")
        }
    }

    private static func writePassword(_ cluster: LabCluster) throws {
        try FileManager.default.createDirectory(
            atPath: "\(cluster.folder)/secrets", withIntermediateDirectories: true)
        let file = "\(cluster.folder)/secrets/replicator"
        try "\(password)\n".write(toFile: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    }

    // MARK: By hand

    private static func configure(_ cluster: LabCluster, workMemory: String) -> String {
        """
        set -eu; cd /; export LC_ALL=C.UTF-8
        pg_createcluster 15 main >/dev/null
        cat >/etc/postgresql/15/main/conf.d/site.conf <<'END'
        listen_addresses = '*'
        work_mem = \(workMemory)
        timezone = 'Europe/Berlin'
        lock_timeout = 30s
        log_min_duration_statement = 250ms
        END
        cat >>/etc/postgresql/15/main/pg_hba.conf <<'END'
        host replication repl \(cluster.network).0/24 scram-sha-256
        host shop app \(cluster.network).0/24 scram-sha-256
        host all all 0.0.0.0/0 trust
        END
        systemctl -q enable postgresql.service

        """
    }

    private static func buildPair(_ cluster: LabCluster) async throws {
        try await cluster.shell(
            "db1",
            configure(cluster, workMemory: "8MB") + """
                systemctl start postgresql@15-main
                runuser -u postgres -- psql -qX >/dev/null <<'END'
                CREATE ROLE repl LOGIN REPLICATION PASSWORD '\(password)';
                CREATE ROLE app LOGIN CREATEDB PASSWORD 'of-app';
                CREATE DATABASE shop OWNER app;
                ALTER SYSTEM SET maintenance_work_mem = '96MB';
                SELECT pg_reload_conf();
                SELECT pg_create_physical_replication_slot('second');
                \\c shop
                CREATE EXTENSION pg_stat_statements;
                CREATE TABLE goods AS SELECT generate_series(1, 1000) AS id;
                END
                """)
        try await cluster.shell(
            "db2",
            configure(cluster, workMemory: "16MB") + """
                rm -rf /var/lib/postgresql/15/main
                runuser -u postgres -- env PGPASSWORD=\(password) pg_basebackup -h \(cluster.network).11 -U repl \\
                    -D /var/lib/postgresql/15/main -R -S second -X stream -c fast
                systemctl start postgresql@15-main
                """)
        try await cluster.wait("the standby streams") {
            try await cluster.sql("db1", "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == "1"
        }
    }
}

extension LabCluster {
    /// Runs `kumki import` with the lab's key for these hosts.
    fileprivate func importHosts(
        _ hosts: [String] = ["db1", "db2"], _ options: String..., expecting status: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Outcome {
        let addresses = lab.inventory.hosts.filter { hosts.contains($0.name) }.map { "root@\($0.address)" }
        let lab = ".kumki/lab/\(name)"
        let keys = ["--identity-file", "\(lab)/id_ed25519", "--known-hosts-file", "\(lab)/known_hosts"]
        let words = ["-C", folder, "NO_COLOR=1", Self.binary, "import", "--cluster", name] + keys + options + addresses
        let outcome = try await LocalPrograms().run(Command("env", words, limit: .seconds(60)))
        if outcome.ending != .exit(status) {
            Issue.record("\(outcome.ending): \(outcome.outputText)\(outcome.errorText)", sourceLocation: sourceLocation)
        }
        return outcome
    }
}
