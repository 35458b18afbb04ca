import FoundationEssentials
import Hosts
import Lab
import Testing

/// Three hosts under pgpool-II: deployed, changed, operated and broken.
@Suite(
    "pgpool-II", .serialized,
    .lab(
        """
        cluster: $CLUSTER
        ssh: {user: root, identity_file: $LAB/id_ed25519, known_hosts_file: $LAB/known_hosts}
        hosts:
          db4: {address: $NET.14, roles: [standby, pgpool], replication: sync, state: absent}
          db1: {address: $NET.11, roles: [primary, pgpool]}
          db2: {address: $NET.12, roles: [standby, pgpool], replication: sync}
          db3: {address: $NET.13, roles: [standby, pgpool], replication: sync}
        postgresql:
          version: 15
          superuser_password: {file: $LAB/secrets/superuser}
          settings: {shared_buffers: 32MB, max_connections: 100}
          hba: [{type: host, database: app, user: app, address: $NET.0/24, method: scram-sha-256}]
          users: [{name: app, password: {file: $LAB/secrets/app}}]
          databases: [{name: app, owner: app}]
        replication:
          password: {file: $LAB/secrets/replicator}
          synchronous: {method: any, confirm: 1}
        vips:
          writer: {address: $NET.100/24, name: rw}
        ha:
          engine: pgpool
          password: {file: $LAB/secrets/ha}
        pgpool:
          pcp_password: {file: $LAB/secrets/pcp}
          watchdog: {auth_key: {file: $LAB/secrets/watchdog}}

        """))
struct PgpoolTests {
    private func status(_ cluster: LabCluster) async throws -> StatusDocument {
        let outcome = try await cluster.kumki("status", "--json", expecting: 0)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(StatusDocument.self, from: Data(outcome.outputText.utf8))
    }

    private struct StatusDocument: Decodable {
        struct Engine: Decodable {
            var kind: String
            var state: String?
            var leader: String?
        }

        struct VIP: Decodable {
            var name: String
            var address: String
            var holder: String?
        }

        var primary: String?
        var timeline: Int?
        var engine: Engine
        var vips: [VIP]
    }

    /// A client with a password, through the virtual address.
    private func client(_ sql: String, _ cluster: LabCluster) async throws -> String {
        let secret = try String(
            contentsOfFile: "\(cluster.folder)/.kumki/lab/\(cluster.name)/secrets/app", encoding: .utf8
        ).filter { $0 != "\n" }
        return try await cluster.shell(
            "db3", "PGPASSWORD='\(secret)' psql -XAtqw -h rw -p 9999 -U app -d app -c \"\(sql)\"")
    }

    @Test("clients come in by the virtual address with a password; nobody is trusted, and nothing is left to change")
    func deployed() async throws {
        let cluster = try await LabCluster.ready()
        #expect(try await client("SELECT 1", cluster) == "1\n")
        let seen = try await status(cluster)
        #expect(seen.engine.kind == "pgpool" && seen.engine.state == "quorum")
        #expect(seen.vips.count == 1 && seen.vips.first?.holder == seen.engine.leader)
        for host in ["db1", "db2", "db3"] {
            let trust = try await cluster.shell(
                host, "grep -E '^[^#]*trust' /etc/pgpool2/pool_hba.conf /etc/postgresql/15/main/pg_hba.conf || :")
            #expect(trust == "")
        }
        try await cluster.expectConverged()
    }

    /// In the shell of a host, with the password at hand.
    private func application(_ command: String, _ cluster: LabCluster) async throws -> String {
        let secret = try String(
            contentsOfFile: "\(cluster.folder)/.kumki/lab/\(cluster.name)/secrets/app", encoding: .utf8
        ).filter { $0 != "\n" }
        return try await cluster.shell(
            "db3", "export PGPASSWORD='\(secret)' PGHOST=rw PGPORT=9999 PGUSER=app PGDATABASE=app\n\(command)",
            limit: .seconds(240))
    }

    @Test("pgbench reads and writes through the pool, and psycopg logs in with scram")
    func clients() async throws {
        let cluster = try await LabCluster.ready()
        let reading = try await application(
            """
            set -e
            PATH=/usr/lib/postgresql/15/bin:$PATH
            pgbench -i -q -s 1 2>&1
            pgbench -S -c 4 -T 3 2>&1
            pgbench -c 4 -T 3 2>&1
            """, cluster)
        #expect(reading.matches(of: #/number of failed transactions: 0 /#).count == 2, "\(reading)")
        let psycopg = try await application(
            """
            set -e
            apt-get -q -y --no-install-recommends install python3-psycopg2 >/dev/null
            python3 - <<'END'
            import psycopg2
            connection = psycopg2.connect('')
            cursor = connection.cursor()
            cursor.execute("CREATE TABLE IF NOT EXISTS seen (n int)")
            cursor.execute("INSERT INTO seen VALUES (%s) RETURNING n", (7,))
            print(cursor.fetchone()[0])
            connection.commit()
            END
            """, cluster)
        #expect(psycopg.hasSuffix("7\n"), "\(psycopg)")
        let stranger = try await cluster.shell(
            "db3", "PGPASSWORD=wrong psql -XAtqw -h rw -p 9999 -U app -d app -c 'SELECT 1' 2>&1 || :")
        #expect(stranger.contains("authentication failed"), "\(stranger)")
    }

    @Test("a database host with a pgpool-II comes and goes, first in the inventory, and the address moves")
    func topology() async throws {
        let cluster = try await LabCluster.ready()
        try cluster.edit {
            $0.replacing(", state: absent", with: "").replacing(".100/24", with: ".101/24")
        }
        try await cluster.kumki("apply", "--yes", expecting: 0, limit: .seconds(300))
        try await cluster.expectConverged()
        #expect(try await holders(cluster) == ["101"])
        // The servers keep their numbers, wherever the new one stands.
        let numbers = try await cluster.shell("db1", "grep -E '^(backend_)?hostname[03]' /etc/pgpool2/pgpool.conf")
        #expect(numbers.matches(of: /hostname0 = '[0-9.]+\.11'/).count == 2, "\(numbers)")
        #expect(numbers.matches(of: /hostname3 = '[0-9.]+\.14'/).count == 2, "\(numbers)")

        try cluster.edit { _ in cluster.text }
        try await cluster.kumki("apply", "--yes", expecting: 0, limit: .seconds(300))
        try await cluster.expectConverged()
        #expect(try await holders(cluster) == ["100"])
        for unit in ["pgpool2", "postgresql@15-main", "kumki-\(cluster.name)-rejoin"] {
            try await cluster.shell("db4", "! systemctl -q is-active \(unit)")
        }
    }

    @Test("clients with SSL come in with it, and no others; the servers have none and miss nothing")
    func encrypted() async throws {
        let cluster = try await LabCluster.ready()
        for host in ["db1", "db2", "db3"] {
            try await cluster.shell(
                host,
                """
                set -e
                cd /etc/pgpool2
                openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=rw -days 2 -keyout rw.key -out rw.crt 2>/dev/null
                chown postgres: rw.key rw.crt
                chmod 600 rw.key
                """)
        }
        let settings = "{ssl: on, ssl_cert: /etc/pgpool2/rw.crt, ssl_key: /etc/pgpool2/rw.key}"
        try cluster.edit {
            $0.replacing("\npgpool:\n", with: "\npgpool:\n  settings: \(settings)\n")
                .replacing("{type: host, database: app", with: "{type: hostssl, database: app")
        }
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
        let query = "SELECT 'came in'"
        #expect(try await application("PGSSLMODE=require psql -XAtqwc \"\(query)\"", cluster) == "came in\n")
        #expect(
            try await application("PGSSLMODE=disable psql -XAtqwc \"\(query)\" 2>&1 || :", cluster)
                .contains("no pool_hba.conf entry"))
    }

    /// The ends of the virtual addresses that any host has.
    private func holders(_ cluster: LabCluster) async throws -> [String] {
        var found: [String] = []
        for host in ["db1", "db2", "db3", "db4"] {
            let text = try await cluster.shell(host, "ip -o addr show dev eth0")
            found += text.matches(of: /\.(1\d\d)\/24/).map { String($0.1) }
        }
        return found
    }

    @Test("nobody could be promoted, and the primary came back: it gets clients again by `cleanup`")
    func cleanup() async throws {
        let cluster = try await LabCluster.ready()
        let primary = try #require(try await status(cluster).primary)
        let number = try #require(["db1", "db2", "db3"].firstIndex(of: primary))
        // As the failover script leaves it when it has to give up.
        let mark = "/run/kumki/\(cluster.name)/inert"
        let address = try await cluster.shell(primary, "hostname -I | cut -d ' ' -f 1")
        for host in ["db1", "db2", "db3"] { try await cluster.shell(host, "printf %s '\(address)' >\(mark)") }
        try await cluster.shell(
            "db1",
            "PCPPASSFILE=/var/lib/postgresql/.pcppass pcp_detach_node -h localhost -p 9898 -U kumki_ha -w -n \(number)")
        for host in ["db1", "db2", "db3"] { try await cluster.shell(host, "rm \(mark)") }
        let sick = try await cluster.kumki("status", expecting: 2)
        #expect(sick.outputText.contains("kumki cleanup"), "\(sick.outputText)")
        try await cluster.kumki("cleanup", primary, "--yes", expecting: 0)
        try await cluster.expectConverged()
    }

    @Test(
        "servers that restart on purpose are no failure, and pgpool-II's settings change by reload or one host after the other"
    )
    func changed() async throws {
        let cluster = try await LabCluster.ready()
        let before = try await status(cluster)
        try cluster.edit { $0.replacing("max_connections: 100", with: "max_connections: 110") }
        let plan = try await cluster.plan(expecting: 2)
        #expect(plan.ids.contains("db1/hands off") && plan.ids.contains("db1/hands on"), "\(plan.ids)")
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
        let after = try await status(cluster)
        #expect(after.primary == before.primary && after.timeline == before.timeline)

        try cluster.edit {
            $0.replacing(
                "pgpool:\n",
                with:
                    "pgpool:\n  health_check: {period: 2s}\n  settings: {client_idle_limit: 600, child_life_time: 400}\n"
            )
        }
        let pool = try await cluster.plan(expecting: 2)
        #expect(pool.changes.filter { $0.id.hasSuffix("pgpool-II restart") }.count == 3, "\(pool.ids)")
        let leader = try #require(after.engine.leader)
        #expect(pool.predecessors(of: "\(leader)/pgpool-II restart").contains { $0.hasSuffix("pgpool-II restart") })
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
    }

    @Test("another password of the health checks is no failure of the servers")
    func anotherPassword() async throws {
        let cluster = try await LabCluster.ready()
        let before = try await status(cluster)
        let secret = "\(cluster.folder)/.kumki/lab/\(cluster.name)/secrets/ha"
        let password = try String(contentsOfFile: secret, encoding: .utf8)
        try Data("changed-\(password)".utf8).write(to: URL(filePath: secret))
        let plan = try await cluster.plan(expecting: 2)
        #expect(plan.changes.filter { $0.id.hasSuffix("pgpool-II new password") }.count == 3, "\(plan.ids)")
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
        let after = try await status(cluster)
        #expect(after.primary == before.primary && after.timeline == before.timeline)
    }

    @Test("paused, a lost primary is left as it is; a switchover moves primary and pool, paused or not")
    func operated() async throws {
        let cluster = try await LabCluster.ready()
        try await cluster.kumki("pause", "--yes", expecting: 0)
        let before = try await status(cluster)
        #expect(before.engine.state == "paused")
        #expect(try await cluster.plan(expecting: 0).changes.isEmpty)
        let primary = try #require(before.primary)
        try await cluster.shell(primary, "systemctl restart postgresql@15-main")
        let restarted = try await status(cluster)
        #expect(restarted.primary == primary && restarted.timeline == before.timeline)

        // The pool follows, though it may not let go of a server by itself.
        let target = primary == "db2" ? "db3" : "db2"
        try await cluster.kumki("switchover", "--to", target, "--yes", expecting: 0)
        let moved = try await status(cluster)
        #expect(moved.primary == target && moved.engine.state == "paused")
        #expect(try await cluster.plan(expecting: 0).changes.isEmpty)
        try await cluster.kumki("resume", "--yes", expecting: 0)
        let resumed = try await status(cluster)
        #expect(resumed.primary == target && resumed.timeline == moved.timeline && resumed.engine.state == "quorum")

        try await cluster.kumki("switchover", "--to", primary, "--yes", expecting: 0)
        #expect(try await status(cluster).primary == primary)
        // From one backend that is not the first to another.
        for host in ["db2", "db3"] where try await status(cluster).primary != host {
            try await cluster.kumki("switchover", "--to", host, "--yes", expecting: 0)
        }
        #expect(try await client("SELECT pg_is_in_recovery()", cluster) != "")
        try await cluster.expectConverged()
    }

    @Test("hands that a killed switchover left off are told of, and the same command puts them on")
    func killed() async throws {
        let cluster = try await LabCluster.ready()
        let primary = try #require(try await status(cluster).primary)
        for host in ["db1", "db2", "db3"] {
            try await cluster.shell(
                host,
                "sed -i 's/ALLOW_TO_FAILOVER/DISALLOW_TO_FAILOVER/' /etc/pgpool2/pgpool.conf && systemctl reload pgpool2"
            )
        }
        let sick = try await cluster.kumki("status", expecting: 2)
        #expect(sick.outputText.contains("hands are off on db1, db2, db3"), "\(sick.outputText)")
        try await cluster.kumki("switchover", "--to", primary, "--yes", expecting: 0)
        #expect(try await status(cluster).engine.state == "quorum")
        try await cluster.expectConverged()
    }

    @Test(
        "a drained host's pgpool-II goes out of service with it: another leads, the rest is operated, and it comes back"
    )
    func drained() async throws {
        let cluster = try await LabCluster.ready()
        let before = try await status(cluster)
        let primary = try #require(before.primary)
        let leader = try #require(before.engine.leader)
        let host = leader == primary ? (primary == "db3" ? "db2" : "db3") : leader
        let other = try #require(["db1", "db2", "db3"].first { $0 != primary && $0 != host })
        try await cluster.kumki("drain", host, "--yes", expecting: 0)
        try await cluster.shell(host, "! systemctl -q is-active pgpool2 && ! systemctl -q is-enabled pgpool2")
        #expect(try await holders(cluster) == ["100"])
        #expect(try await cluster.shell(host, "ip -o addr show dev eth0").contains(".100/24") == false)
        let after = try await status(cluster)
        #expect(after.engine.state == "quorum" && after.engine.leader != host && after.vips.first?.holder != host)
        try await cluster.expectConverged()
        let refused = try await cluster.kumki("drain", other, "--yes", expecting: 1)
        #expect((refused.outputText + refused.errorText).contains("drain.quorum"))

        try await cluster.kumki("switchover", "--to", other, "--yes", expecting: 0)
        #expect(try await status(cluster).primary == other)
        try await cluster.expectConverged()

        try await cluster.kumki("undrain", host, "--yes", expecting: 0)
        try await cluster.shell(host, "systemctl -q is-active pgpool2 && systemctl -q is-enabled pgpool2")
        #expect(try await client("SELECT 1", cluster) == "1\n")
        try await cluster.expectConverged()
    }

    @Test("with auto_failover off nobody is promoted until a person says so, and then the pool follows")
    func decided() async throws {
        let cluster = try await LabCluster.ready()
        try cluster.edit {
            $0.replacing(
                "  engine: pgpool\n", with: "  engine: pgpool\n  auto_failover: false\n  auto_rejoin: off\n")
        }
        try await cluster.kumki("apply", "--yes", expecting: 0)
        // The lost server's host leads the watchdog, and has the address.
        let primary = try #require(try await status(cluster).engine.leader)
        if try await status(cluster).primary != primary {
            try await cluster.kumki("switchover", "--to", primary, "--yes", expecting: 0)
        }
        try await cluster.shell(primary, "systemctl kill -s KILL postgresql@15-main")
        try await Task.sleep(for: .seconds(10))
        for host in ["db1", "db2", "db3"] where host != primary {
            #expect(try await cluster.sql(host, "SELECT pg_is_in_recovery()") == "t")
        }
        let successor = primary == "db2" ? "db3" : "db2"
        try await cluster.kumki("failover", "--to", successor, "--yes", expecting: 0)
        try await cluster.kumki("rejoin", primary, "--yes", "--approve-destroy", primary, expecting: 0)
        #expect(try await status(cluster).primary == successor)
        #expect(try await client("SELECT 1", cluster) == "1\n")
        try await cluster.expectConverged()
    }

    @Test(
        "where the inventory allows it, an old primary that can't be rewound gets a new copy, and what it had is kept")
    func copied() async throws {
        let cluster = try await LabCluster.ready()
        try cluster.edit { $0.replacing("  engine: pgpool\n", with: "  engine: pgpool\n  auto_rejoin: rebuild\n") }
        try await cluster.kumki("apply", "--yes", expecting: 0)
        let primary = try #require(try await status(cluster).primary)
        let data = "/var/lib/postgresql/15/main"
        try await cluster.shell(
            primary,
            """
            set -e
            systemctl stop kumki-\(cluster.name)-rejoin
            systemctl kill -s KILL postgresql@15-main
            while [ -n "$(find -L /proc/[0-9]*/cwd -maxdepth 0 -samefile \(data) 2>/dev/null)" ]; do sleep 0.1; done
            rm \(data)/pg_wal/0*
            """)
        try await cluster.wait("another host is primary") {
            let found = try await cluster.kumki("primary")
            return found.ending == .exit(0) && !found.outputText.hasPrefix(primary)
        }
        try await cluster.shell(primary, "systemctl start kumki-\(cluster.name)-rejoin")
        try await cluster.wait("\(primary) streams from its successor") {
            try await cluster.kumki("plan").ending == .exit(0)
        }
        try await cluster.expectConverged()
        try await cluster.shell(primary, "test -e \(data).kumki-old/PG_VERSION && rm -r \(data).kumki-old")
    }

    @Test(
        "a lost primary is replaced without anybody, no acknowledged row is lost, and it comes back as a standby",
        arguments: ["kill-primary", "hang-primary", "partition-primary"])
    func drilled(fault: String) async throws {
        let cluster = try await LabCluster.ready()
        let primary = try await cluster.kumki("primary", expecting: 0).outputText
        let outcome = try await cluster.run("drill", [fault, "--yes", "--json"], expecting: 0)
        #expect(outcome.outputText.contains(/"lost"\s*:\s*0\b/), "\(outcome.outputText)")
        #expect(try await cluster.kumki("primary", expecting: 0).outputText != primary)
        try await cluster.expectConverged()
    }
}
