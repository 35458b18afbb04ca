import Blueprint
import Diagnostics
import Pgpool
import PostgreSQL
import Resources
import TestSupport
import Testing

@Suite("The files of pgpool-II, by its version")
struct PgpoolVersionTests {
    @Test("pgpool.conf, with the names of the version and no others", arguments: PgpoolVersion.supported)
    func names(version: PgpoolVersion) throws {
        let pool = try PgpoolCase(version)
        for host in ["db1", "db2", "db3"] {
            let settings = pool.settings(on: host)
            let unknown = settings.keys.filter { PgpoolSetting.named($0)?.isKnown(to: version) != true }
            #expect(unknown.sorted() == [])
            #expect(settings.count > 60)
        }
        try Goldens.expect(
            pool.file("pgpool.conf")?.masked ?? "", equals: "Tests/goldens/pgpool-versions/\(version).conf")
    }

    @Test(
        "from 4.2 on the hosts have one pgpool.conf, but for what ranks them, and a number; before, each names itself and the others"
    )
    func watchdog() throws {
        let new = try PgpoolCase(.v4_2)
        let differing = new.settings(on: "db1").filter { new.settings(on: "db3")[$0.key] != $0.value }
        #expect(differing.keys.sorted() == ["sr_check_period", "wd_priority"])
        #expect(new.file("pgpool_node_id", on: "db3")?.masked == "2\n")
        let old = try PgpoolCase(.v4_1)
        #expect(old.file("pgpool_node_id", on: "db3") == nil)
        let settings = old.settings(on: "db3")
        #expect(settings["wd_hostname"] == "'198.18.16.13'")
        #expect(settings["other_pgpool_hostname0"] == "'198.18.16.11'")
        #expect(settings["other_pgpool_hostname1"] == "'198.18.16.12'")
        #expect(settings["heartbeat_destination1"] == "'198.18.16.12'")
        #expect(settings["other_pgpool_hostname2"] == nil)
    }

    private static let secrets = SecretStore(
        Dictionary(
            uniqueKeysWithValues: [
                "postgresql.superuser_password", "postgresql.users.app.password", "replication.password", "ha.password",
                "pgpool.pcp_password", "pgpool.watchdog.auth_key",
            ].map { ($0, Secret(label: $0, value: "the \($0)")) }))

    @Test("before 4.0 passwords are clear in pgpool.conf, md5 in pool_passwd, and the servers ask for md5")
    func md5() throws {
        let pool = try PgpoolCase(.v3_7, secrets: Self.secrets)
        let conf = try #require(pool.file("pgpool.conf"))
        #expect(conf.revealed.contains("\nhealth_check_password = 'the ha.password'\n"))
        #expect(conf.revealed.contains("\nsr_check_password = 'the ha.password'\n"))
        #expect(!conf.masked.contains("the ha.password"))
        let passwords = try #require(pool.file("pool_passwd"))
        let app = try PasswordVerifier(md5: "the postgresql.users.app.password", user: "app").text
        #expect(passwords.revealed.contains("app:\(app)\n"))
        #expect(pool.file(".pgpoolkey") == nil)
        #expect(pool.file("pool_hba.conf")?.masked.contains("scram") == false)
        let hba = try #require(pool.file("pg_hba.conf"))
        #expect(hba.masked.contains("host postgres kumki_ha 198.18.16.13/32 md5\n"))
        #expect(hba.masked.contains("host replication replicator 198.18.16.13/32 scram-sha-256\n"))
        #expect(pool.role("app")?.method == .md5 && pool.role("kumki_ha")?.method == .md5)
        #expect(pool.role("replicator")?.method == .scramSHA256)
    }

    @Test("from 4.0 on passwords are in pool_passwd alone, encrypted")
    func encrypted() throws {
        let pool = try PgpoolCase(.v4_0, secrets: Self.secrets)
        #expect(pool.file("pgpool.conf")?.revealed.contains("the ha.password") == false)
        #expect(pool.file("pool_passwd")?.revealed.contains("app:AES") == true)
        #expect(pool.file(".pgpoolkey") != nil)
        #expect(pool.role("app")?.method == .scramSHA256)
    }

    @Test("a user known by an md5 hash alone is in pool_passwd with it, one known by a SCRAM verifier is not")
    func verifiers() throws {
        let hash = "md5" + String(repeating: "ab", count: 16)
        let pool = try PgpoolCase(
            .v4_3, [("password: {file: .kumki/lab/pgpool-trio/secrets/app}", "password: {verifier: \(hash)}")])
        #expect(pool.file("pool_passwd")?.revealed.hasSuffix("app:\(hash)\n") == true)
        let key = String(repeating: "A", count: 43) + "="
        let scram = "SCRAM-SHA-256$4096:c2FsdA==$\(key):\(key)"
        let other = try PgpoolCase(
            .v4_3, [("password: {file: .kumki/lab/pgpool-trio/secrets/app}", "password: {verifier: '\(scram)'}")])
        #expect(other.file("pool_passwd")?.revealed.contains("app") == false)
    }

    @Test("up to 4.0 the failover script learns the old primary's address by its number")
    func failoverCommand() throws {
        #expect(
            try PgpoolCase(.v4_0).settings()["failover_command"]
                == "'set -- 198.18.16.11 198.18.16.12 198.18.16.13; shift %P && exec /usr/local/lib/kumki/pgpool-trio/failover %h \"$1\"'"
        )
        #expect(
            try PgpoolCase(.v4_1).settings()["failover_command"]
                == "'/usr/local/lib/kumki/pgpool-trio/failover %h %N'")
    }

    @Test("routing to the primary leaves all backends known and balances nothing")
    func primary() throws {
        let settings = try PgpoolCase(.v4_3, [("\npgpool:\n", "\npgpool:\n  routing: primary\n")]).settings()
        #expect(settings["load_balance_mode"] == "off")
        #expect(settings["backend_hostname2"] != nil)
        #expect(settings["delay_threshold"] == nil)
    }

    @Test("reads stay away from standbys that are behind, by a limit that the inventory may set")
    func delays() throws {
        let settings = try PgpoolCase(.v4_3).settings()
        #expect(settings["load_balance_mode"] == "on")
        #expect(settings["delay_threshold"] == "10000000")
        #expect(settings["prefer_lower_delay_standby"] == "on")
        let own = try PgpoolCase(
            .v4_4, [("\npgpool:\n", "\npgpool:\n  settings: {delay_threshold: 0, delay_threshold_by_time: 5}\n")]
        ).settings()
        #expect(own["delay_threshold"] == "0" && own["delay_threshold_by_time"] == "5")
        let late = try PgpoolCase(
            .v4_3,
            [
                (
                    "roles: [standby, pgpool], replication: sync}\n\n",
                    "roles: [standby, pgpool], replication: {apply_delay: 1h, failover: false}}\n\n"
                )
            ])
        #expect(late.settings()["backend_weight1"] == "1" && late.settings()["backend_weight2"] == "0")
    }

    @Test("without a watchdog of its own, no pgpool-II decides that a server is lost")
    func flags() throws {
        let settings = try PgpoolCase(
            .v4_3,
            [
                ("  engine: pgpool\n", "  engine: none\n"),
                ("vips:\n  writer: {address: 198.18.16.100/24, name: pgpool-trio-rw}\n", ""),
            ]
        ).settings()
        #expect(settings["backend_flag0"] == "DISALLOW_TO_FAILOVER")
        #expect(settings["use_watchdog"] == "off")
        #expect(try PgpoolCase(.v4_3).settings()["backend_flag0"] == "ALLOW_TO_FAILOVER")
    }

    @Test("lines for clients that pgpool-II can't let in turn them away there, and open nothing on the servers")
    func hba() throws {
        let line = "    - {type: host, database: app, user: app, address: 198.18.16.0/24, method: scram-sha-256}\n"
        let more = """
                - {type: hostssl, database: app, user: ops, address: 198.18.0.0/16, method: cert}
                - {type: host, database: app, user: corp, address: 198.18.0.0/16, method: ldap, options: {ldapserver: l}}
                - {type: hostgssenc, database: app, user: krb, address: 198.18.0.0/16, method: gss}

            """
        let pool = try PgpoolCase(.v4_3, [(line, line + more)])
        let hba = try #require(pool.file("pool_hba.conf")?.masked)
        #expect(hba.contains("\nhostssl app ops 198.18.0.0/16 cert\n"))
        #expect(hba.contains("\nhost app corp 198.18.0.0/16 reject\n"))
        #expect(hba.contains("\nhost app krb 198.18.0.0/16 reject\n"))
        let servers = try #require(pool.file("pg_hba.conf")?.masked)
        #expect(servers.contains("\nhost app ops 198.18.16.11/32 scram-sha-256\n"))
        #expect(!servers.contains("host app corp 198.18.16.11/32"))
        #expect(!servers.contains("krb 198.18.16.11/32"))
    }

    @Test("a line for clients with SSL is the pool's alone where the servers have none: they would call it an error")
    func ssl() throws {
        let line = "    - {type: host, database: app, user: app, address: 198.18.16.0/24, method: scram-sha-256}\n"
        let edit = (line, line.replacing("type: host,", with: "type: hostssl,"))
        let pool = try PgpoolCase(.v4_3, [edit])
        #expect(pool.file("pool_hba.conf")?.masked.contains("\nhostssl app app 198.18.16.0/24") == true)
        #expect(pool.file("pg_hba.conf")?.masked.contains("hostssl") == false)
        #expect(pool.file("pg_hba.conf")?.masked.contains("\nhost app app 198.18.16.11/32") == true)
        let both = try PgpoolCase(.v4_3, [edit, ("shared_buffers: 64MB", "shared_buffers: 64MB\n    ssl: on")])
        #expect(both.file("pg_hba.conf")?.masked.contains("\nhostssl app app 198.18.16.0/24") == true)
    }

    @Test("pool_hba.conf up to 3.6 has numbers for all addresses")
    func oldAddresses() throws {
        let edit = [("address: 198.18.16.0/24", "address: all")]
        let old = try #require(try PgpoolCase(.v3_6, edit).file("pool_hba.conf")?.masked)
        #expect(old.hasSuffix("host app app 0.0.0.0/0 md5\nhost app app ::/0 md5\n"))
        #expect(try PgpoolCase(.v3_7, edit).file("pool_hba.conf")?.masked.hasSuffix("host app app all md5\n") == true)
    }

    @Test("a setting that the host's pgpool-II does not have is refused before anything is written")
    func unknownOnHost() throws {
        // Packages beside PostgreSQL 15 bring 4.3.
        let inventory = try PlaybookTests.inventory(
            "pgpool-trio", [("\npgpool:\n", "\npgpool:\n  settings: {delay_threshold_by_time: 5}\n")])
        let problems = #expect(throws: Problems.self) {
            let playbook = try Playbook(
                text: BuiltInFolder(.playbooks).text(of: "provision.yaml"), file: "provision.yaml")
            _ = try Blueprint(PlaybookTests.design(inventory), playbook: playbook)
        }
        #expect(problems?.all.first?.code == "setting.unknown")
        #expect(problems?.all.first?.message == "delay_threshold_by_time is there from pgpool-II 4.4 on, this is 4.3")
        #expect(problems?.all.first?.place != nil)
    }
}
