import Diagnostics
import Inventory
import Testing

@Suite("The rules of the server's settings, lines and accounts")
struct ServerRuleTests {
    @Test(
        "each rule is broken by its case, at its place",
        arguments: settings + pgpool + hba + behindPgpool + accounts + directories)
    func server(_ rule: RuleCase) {
        #expect(rule.found == rule.expected)
    }

    static func setting(_ name: String, _ settings: String, version: String = "15", expect expected: String...)
        -> RuleCase
    {
        var rule = RuleCase(name, postgresql: "{version: \(version), settings: {\(settings)}}")
        rule.expected = expected
        return rule
    }

    static let sync = """
        a: {address: 198.18.0.1, roles: [primary]}
        b: {address: 198.18.0.2, roles: [standby], replication: sync}
        c: {address: 198.18.0.3, roles: [standby], replication: sync}
        """

    static let settings = [
        setting("what kumki writes itself", "primary_conninfo: x", expect: "2:38 error setting.owned"),
        setting("a setting by another case", "Port: 5433", expect: "2:38 error setting.owned"),
        setting("a setting that 13 renamed", "wal_keep_segments: 32", expect: "2:38 error setting.renamed"),
        setting(
            "a setting of a later version", "wal_keep_size: 1GB", version: "12", expect: "2:38 error setting.renamed"),
        setting("a setting that is gone", "stats_temp_directory: /tmp", expect: "2:38 error setting.removed"),
        setting("a name of recovery.conf", "standby_mode: on", expect: "2:38 error setting.owned"),
        setting("a mistyped name", "max_conections: 5", expect: "2:38 error setting.unknown"),
        setting("a value out of range", "max_connections: 0", expect: "2:55 error setting.range"),
        setting("a value of another type", "fsync: maybe", expect: "2:45 error setting.value"),
        setting("a unit that is none", "work_mem: 64mb", expect: "2:48 error setting.unit"),
        setting("an extension's setting", "pg_stat_statements.max: 5000"),
        setting("too little WAL for standbys", "wal_level: minimal", expect: "2:49 error setting.replication"),
        setting("too few senders", "max_wal_senders: 1", expect: "2:55 error setting.replication"),
        setting("too few slots", "max_replication_slots: 0", expect: "2:61 error setting.replication"),
        RuleCase(
            "senders enough for each upstream's own standbys",
            postgresql: "{version: 15, settings: {max_wal_senders: 4, max_replication_slots: 3}}",
            hosts: """
                a: {address: 198.18.0.1, roles: [primary]}
                b: {address: 198.18.0.2, roles: [standby]}
                c: {address: 198.18.0.3, roles: [standby], upstream: b}
                d: {address: 198.18.0.4, roles: [standby], upstream: b}
                e: {address: 198.18.0.5, roles: [standby], upstream: c}
                """),
        setting("a server that hears nobody", "listen_addresses: localhost", expect: "2:56 error setting.replication"),
        setting("restoring from what is not shared", "restore_command: cp", expect: "2:55 error setting.replication"),
        setting(
            "restoring from what is not shared, before 12", "restore_command: cp", version: "11",
            expect: "2:55 error setting.replication"),
        setting(
            "as many senders as connections", "max_connections: 20, max_wal_senders: 20", version: "11",
            expect: "2:76 error setting.replication"),
        setting(
            "unsafe", "fsync: off, full_page_writes: false",
            expect: "2:45 warning setting.unsafe", "2:68 warning setting.unsafe"),
        RuleCase(
            "commits that wait for nobody", postgresql: "{version: 15, settings: {synchronous_commit: local}}",
            hosts: sync, expect: "2:58 warning setting.unsafe"),
        RuleCase(
            "no way to rewind",
            postgresql: "{version: 15, initdb: {data_checksums: false}, settings: {wal_log_hints: off}}",
            expect: "2:86 warning setting.unsafe"),
        RuleCase(
            "an archive has its own commands", postgresql: "{version: 15, settings: {archive_command: cp}}",
            replication: "{password: {env: R}, archive: {directory: /srv/archive/t}}",
            expect: "2:38 error setting.owned"),
        RuleCase(
            "more buffers than memory", postgresql: "{version: 15, settings: {shared_buffers: 2GB}}",
            hosts: "a: {address: 198.18.0.1, roles: [primary], memory: 1GB}", expect: "2:54 error setting.memory"),
        RuleCase(
            "what belongs to pgpool's own keys",
            hosts: "a: {address: 198.18.0.1, roles: [primary, pgpool]}\nb: {address: 198.18.0.2, roles: [standby]}",
            more:
                "ha: {password: {env: H}}\npgpool: {pcp_password: {env: P}, settings: {pcp_port: 1, backend_weight0: 2, num_init_children: 4}}",
            expect: "8:45 error setting.owned", "8:58 error setting.owned"),
    ]

    /// The settings stand in line 8, from column 14 on.
    static func pool(_ name: String, _ settings: String, version: String = "4.1.4", expect expected: String...)
        -> RuleCase
    {
        let digest = String(repeating: "0", count: 64)
        let install = "{source: {archive: pgpool-II-\(version).tar.gz, sha256: \(digest)}}"
        var rule = RuleCase(
            name, hosts: "a: {address: 198.18.0.1, roles: [primary, pgpool]}",
            more:
                "ha: {password: {env: H}}\npgpool:\n  settings: {\(settings)}\n  install: \(install)\n  pcp_password: {env: P}"
        )
        rule.expected = expected
        return rule
    }

    static let pgpool = [
        pool("a setting of pgpool's", "num_init_children: 4, health_check_period1: 5"),
        pool("a mistyped setting of pgpool's", "num_init_chldren: 4", expect: "8:14 error setting.unknown"),
        pool("a setting of a later pgpool", "delay_threshold_by_time: 5", expect: "8:14 error setting.unknown"),
        pool(
            "a name of a later pgpool", "failover_on_backend_error: on", version: "3.7.1",
            expect: "8:14 error setting.renamed"),
        pool("a name of an earlier pgpool", "fail_over_on_backend_error: on", expect: "8:14 error setting.renamed"),
        pool("a setting that pgpool has no more", "print_user: on", expect: "8:14 error setting.renamed"),
        pool(
            "a number where there is one value only", "health_check_period1: 5", version: "3.6.1",
            expect: "8:14 error setting.unknown"),
        pool("SSL without certificates", "ssl: on", expect: "8:19 error setting.value", "8:19 error setting.value"),
        pool(
            "a certificate somewhere", "ssl: on, ssl_cert: server.crt, ssl_key: /etc/pgpool2/server.key",
            expect: "8:33 error setting.value"),
        pool("SSL", "ssl: on, ssl_cert: /etc/pgpool2/server.crt, ssl_key: /etc/pgpool2/server.key"),
        pool(
            "failover without a quorum", "failover_when_quorum_exists: off", version: "4.3.1",
            expect: "8:43 warning setting.unsafe"),
        pool("a pgpool before our time", "num_init_children: 4", version: "3.4.1", expect: "9:3 error pgpool.version"),
    ]

    /// The lines of pg_hba.conf, as a pgpool-II of that version sees them.
    static func pooled(
        _ name: String, _ line: String, version: String = "4.3.5", more: String = "", expect expected: String...
    ) -> RuleCase {
        var rule = pool(name, more, version: version)
        rule.text = rule.text.replacing("{version: 15}", with: "{version: 15, hba: [{\(line)}]}")
        rule.expected = expected
        return rule
    }

    static let behindPgpool = [
        pooled(
            "scram before pgpool 4.0",
            "type: host, database: a, user: a, address: 198.18.0.0/24, method: scram-sha-256", version: "3.7.1",
            expect: "2:100 error hba.pooled"),
        pooled(
            "md5 where pgpool has nothing better",
            "type: host, database: a, user: a, address: 198.18.0.0/24, method: md5", version: "3.7.1"),
        pooled(
            "a method that pgpool does not have",
            "type: host, database: a, user: a, address: 198.18.0.0/24, method: ldap, options: {ldapserver: l}",
            expect: "2:100 warning hba.pooled"),
        pooled(
            "hostssl without a certificate of the pool",
            "type: hostssl, database: a, user: a, address: 198.18.0.0/24, method: cert",
            expect: "2:40 warning hba.pooled"),
        pooled(
            "hostssl", "type: hostssl, database: a, user: a, address: 198.18.0.0/24, method: cert",
            more: "ssl: on, ssl_cert: /c, ssl_key: /k"),
        pooled(
            "replication, which is not the pool's",
            "type: host, database: replication, user: a, address: 198.18.0.0/24, method: gss"),
    ]

    static func line(_ name: String, _ line: String, version: String = "15", expect expected: String...) -> RuleCase {
        var rule = RuleCase(name, postgresql: "{version: \(version), hba: [{\(line)}]}")
        rule.expected = expected
        return rule
    }

    static let hba = [
        line("trust", "type: local, database: all, user: all, method: trust", expect: "2:81 error hba.trust"),
        line(
            "a clear-text password", "type: host, database: a, user: a, address: 198.18.0.0/24, method: password",
            expect: "2:100 warning hba.clear-text"),
        line(
            "md5 where there is better", "type: host, database: a, user: a, address: 198.18.0.0/24, method: md5",
            expect: "2:100 warning hba.md5"),
        line(
            "md5 where there is nothing better",
            "type: host, database: a, user: a, address: 198.18.0.0/24, method: md5",
            version: "9.6"),
        line(
            "scram before 10", "type: host, database: a, user: a, address: 198.18.0.0/24, method: scram-sha-256",
            version: "9.6", expect: "2:101 error hba.method"),
        line(
            "ident over the network", "type: host, database: a, user: a, address: 198.18.0.0/24, method: ident",
            expect: "2:100 warning hba.ident"),
        line(
            "a method that is none", "type: host, database: a, user: a, address: 198.18.0.0/24, method: scram",
            expect: "2:100 error hba.method"),
        line(
            "peer over the network", "type: host, database: a, user: a, address: 198.18.0.0/24, method: peer",
            expect: "2:100 error hba.method"),
        line(
            "a local line with an address", "type: local, database: a, user: a, address: all, method: reject",
            expect: "2:78 error hba.address"),
        line(
            "a host line without an address", "type: host, database: a, user: a, method: reject",
            expect: "2:33 error hba.address"),
        line(
            "an address without its length", "type: host, database: a, user: a, address: 198.18.0.1, method: cert",
            expect: "2:77 error hba.address", "2:97 error hba.method"),
        line(
            "everybody", "type: hostssl, database: a, user: a, address: '::/0', method: cert",
            expect: "2:80 warning hba.everyone"),
        line(
            "a host that stands for its network",
            "type: hostssl, database: a, user: a, address: 198.18.0.5/24, method: cert",
            expect: "2:80 warning hba.host-bits"),
        line(
            "encryption by GSS before 12",
            "type: hostgssenc, database: a, user: a, address: 198.18.0.0/24, method: gss", version: "11",
            expect: "2:40 error hba.type"),
    ]

    static let accounts = [
        RuleCase(
            "a user twice", postgresql: "{version: 15, users: [{name: a}, {name: a}]}",
            expect: "2:53 error inventory.duplicate-name"),
        RuleCase(
            "names that are taken",
            postgresql: "{version: 15, users: [{name: pg_a}, {name: postgres}, {name: replicator}, {name: public}]}",
            expect: "2:42 error inventory.reserved-name", "2:56 error inventory.reserved-name",
            "2:74 error inventory.reserved-name", "2:94 error inventory.reserved-name"),
        RuleCase(
            "the superuser replicates", replication: "{user: postgres, password: {env: R}}",
            expect: "3:21 error inventory.reserved-name"),
        RuleCase(
            "one role for two purposes", replication: "{user: ops, password: {env: R}}",
            more: "ha: {engine: patroni, user: ops, password: {env: H}}\npgpool: {watchdog: {half_votes: false}}",
            expect: "7:29 error inventory.duplicate-name", "8:33 warning topology.two-voters"),
        RuleCase(
            "databases",
            postgresql:
                "{version: 15, users: [{name: u, state: absent}], databases: [{name: d, owner: u}, {name: d}, {name: template1}, {name: postgres, state: absent}]}",
            expect: "2:91 error inventory.absent-owner", "2:102 error inventory.duplicate-name",
            "2:113 error inventory.reserved-name", "2:132 error inventory.reserved-name"),
        RuleCase(
            "an extension twice", postgresql: "{version: 15, databases: [{name: d, extensions: [x, y, x]}]}",
            expect: "2:68 error inventory.duplicate-name"),
        RuleCase(
            "a standby without a password", replication: "{user: r}", expect: "3:1 error inventory.missing-secret"),
        RuleCase(
            "a verifier behind pgpool",
            postgresql:
                "{version: 15, users: [{name: a, password: {verifier: 'SCRAM-SHA-256$4096:c2FsdA==$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='}}]}",
            hosts: "a: {address: 198.18.0.1, roles: [primary, pgpool]}",
            more: "ha: {password: {env: H}}\npgpool: {pcp_password: {env: P}}",
            expect: "2:45 warning inventory.verifier-behind-pgpool"),
    ]

    static let directories = [
        RuleCase(
            "WAL inside the data",
            postgresql: "{version: 15, data_directory: /srv/pg/data, wal_directory: /srv/pg/data/wal}",
            expect: "2:72 error inventory.directory"),
        RuleCase(
            "a directory that holds more", postgresql: "{version: 15, data_directory: /srv}",
            expect: "2:43 error inventory.directory"),
        RuleCase(
            "an archive beside the data", postgresql: "{version: 15, data_directory: /srv/pg/data}",
            replication: "{password: {env: R}, archive: {directory: /srv/pg}}", expect: "3:56 error inventory.directory"
        ),
    ]
}
