import Diagnostics
import Inventory
import Operations
import PostgreSQL
import Resources
import TestSupport
import Testing

/// Whole clusters in, whole inventories out, with what is told beside them.
@Suite("Imported inventories") struct ImportedInventoryTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var options = ImportedInventory.Options()
        var hosts: [SeenHost]

        var testDescription: String { name }
    }

    @Test("each is as it stands in its golden, and passes validate", arguments: cases)
    func golden(given: Case) throws {
        let imported = try ImportedInventory(SeenHost.cluster(given.hosts), options: given.options)
        #expect(!imported.text.contains("do-not-tell"))
        let told = DiagnosticPrinter().text(Problems(imported.warnings))
        #expect(!told.contains("do-not-tell"))
        let reading = InventoryReader.read(bytes: Array(imported.text.utf8), file: "\(given.name).yaml")
        #expect(reading.problems.errors == [])
        // A verifier is as long as it is.
        let lines = imported.text.split(separator: "\n").filter { !$0.contains("verifier") }
        #expect(lines.allSatisfy { $0.count <= 130 })
        try Goldens.expect(imported.text, equals: "Tests/OperationsTests/Goldens/\(given.name).yaml")
        try Goldens.expect(told, equals: "Tests/OperationsTests/Goldens/\(given.name).txt")
    }

    static let cases = [debianPair, quorum, tenWithArchive, single, verifiers, crooked]

    /// Made by pg_createcluster and pg_basebackup -R.
    private static let debianPair = Case(
        name: "debian-pair",
        hosts: [
            SeenHost(
                number: 1,
                settings: [
                    "work_mem": .file("16384", unit: "kB", boot: "4096"),
                    "log_min_duration_statement": .file("250", unit: "ms", boot: "-1"),
                    "shared_preload_libraries": .file("pg_stat_statements, auto_explain"),
                    "max_wal_senders": .file("10", boot: "10"), "search_path": .file("\"$user\", public, app"),
                    "log_file_mode": .file("0640", boot: "0600"), "wal_level": .file("replica", boot: "replica"),
                ]
            ) { host in
                host.live.roles["app"] = LiveRole(verifier: "SCRAM-SHA-256$of-app")
                host.live.roles["dba"] = LiveRole(superuser: true, createdb: true, login: false, inherit: false)
                host.live.databases["shop"] = LiveDatabase(owner: "app")
                host.live.extensions["shop"] = ["plpgsql", "pg_stat_statements", "pg_trgm"]
                host.catalog.databases.append("shop")
                host.hba += """
                    host replication replicator 198.51.100.0/24 scram-sha-256
                    host shop,"my db" app,+dba 198.51.100.0 255.255.255.0 scram-sha-256
                    host all all 0.0.0.0/0 trust

                    """
            },
            SeenHost(
                number: 2, upstream: 1,
                settings: [
                    "work_mem": .file("16384", unit: "kB", boot: "4096"),
                    "log_min_duration_statement": .file("-1", unit: "ms", boot: "-1"),
                    "shared_preload_libraries": .file("pg_stat_statements, auto_explain"),
                    "max_wal_senders": .file("10", boot: "10"), "search_path": .file("\"$user\", public, app"),
                    "hot_standby_feedback": .file("off", boot: "off"),
                ]),
        ])

    /// Two that confirm in a quorum, one that cascades, one that applies late; slots with names of their own.
    private static let quorum = Case(
        name: "quorum", options: .init(cluster: "shop"),
        hosts: [
            SeenHost(
                number: 1, version: .v17,
                settings: [
                    "synchronous_standby_names": .file("ANY 1 (pg2, \"PG3\")"),
                    "max_connections": .file("200", boot: "100"), "cluster_name": .file("main"),
                ]
            ) { host in
                host.live.slots = [
                    LiveSlot(name: "db2", active: true), LiveSlot(name: "replica_three", active: true),
                    LiveSlot(name: "late", active: true), LiveSlot(name: "cdc", physical: false),
                    LiveSlot(name: "of_old", active: false),
                ]
                host.catalog.tablespaces = ["fast"]
                host.catalog.memberships = 2
                host.server.walDirectory = "/srv/wal"
            },
            SeenHost(
                number: 2, version: .v17, upstream: 1, applicationName: "pg2", slot: "db2",
                settings: ["max_connections": .file("300", boot: "100")]
            ) { $0.live.slots = [LiveSlot(name: "db4", active: true)] },
            SeenHost(
                number: 3, version: .v17, upstream: 1, applicationName: "pg3", slot: "replica_three",
                settings: ["max_connections": .file("200", boot: "100")]),
            SeenHost(
                number: 4, version: .v17, upstream: 2, applicationName: "pg4", slot: "db4",
                settings: ["max_connections": .file("200", boot: "100")]),
            SeenHost(
                number: 5, version: .v17, upstream: 1, applicationName: "late", slot: "late",
                settings: [
                    "max_connections": .file("200", boot: "100"),
                    "recovery_min_apply_delay": .file("3600000", unit: "ms", boot: "0"),
                ]),
        ])

    /// Built from source, with recovery.conf and an archive, run by a unit of its own, replicating as superuser.
    private static let tenWithArchive = Case(
        name: "ten-from-source",
        hosts: [1, 2, 3].map { number in
            SeenHost(
                number: number, version: .v10, upstream: number == 1 ? nil : 1, applicationName: "node\(number)",
                user: "postgres",
                settings: [
                    "synchronous_standby_names": .file("node2, node3"),
                    "config_file": .override("/data/pg/postgresql.conf"), "archive_mode": .file("on", boot: "off"),
                    "archive_command": .file("test ! -f /mnt/wal/%f && cp %p /mnt/wal/%f"),
                    "unix_socket_directories": .file("/tmp", boot: "/tmp"), "port": .file("5444", boot: "5432"),
                    "listen_addresses": .file("*", boot: "localhost"),
                ]
            ) { host in
                host.server.dataDirectory = "/data/pg"
                host.server.binDirectory = "/opt/pg10/bin"
                host.server.port = 5444
                host.server.socketDirectory = "/tmp"
                host.server.unit = number == 1 ? "postgres.service" : nil
                host.hostName = "pg-\(number).example.com"
                host.hba = "local all all trust\nhost all all 198.51.100.0/24 md5\nhost replication all 0.0.0.0/0 md5\n"
                if number == 1 { return }
                host.facts.recoveryConf = """
                    standby_mode = on
                    primary_conninfo = 'host=198.51.100.11 user=postgres application_name=node\(number) password=do-not-tell'
                    restore_command = 'cp /mnt/wal/%f %p'
                    """
            }
        })

    private static let single = Case(
        name: "single", hosts: [SeenHost(number: 1, version: .v13, settings: ["cluster_name": .file("reports")])])

    private static let verifiers = Case(
        name: "verifiers", options: .init(withVerifiers: true),
        hosts: [
            SeenHost(number: 1) { host in
                host.live.roles["app"] = LiveRole(
                    verifier:
                        "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
                )
                host.live.roles["old"] = LiveRole(verifier: "md5" + String(repeating: "a", count: 32))
                host.live.roles["none"] = nil
                host.live.roles["group"] = LiveRole(login: false)
            }
        ])

    /// Names, passwords and places that an inventory can't take as they are.
    private static let crooked = Case(
        name: "crooked",
        hosts: [
            SeenHost(
                number: 1,
                settings: [
                    "archive_command": .file("PGPASSWORD=do-not-tell psql -c archive"),
                    "restore_command": .file("cp /a/%f %p"), "max_wal_senders": .file("1", boot: "10"),
                    "promote_trigger_file": .file("/tmp/promote"), "work_mem": .file("8192", unit: "kB", boot: "4096"),
                ]
            ) { host in
                host.hostName = "PG_Node"
                host.search.managers = ["repmgrd"]
                host.live.settings["max_connections"] = LiveSetting(
                    setting: "150", source: "command line", bootValue: "100", pendingRestart: true)
                host.live.roles["yes"] = LiveRole()
                host.live.roles["1st: \"q'"] = LiveRole()
                host.live.standbys.append(
                    LiveStandby(applicationName: "barman", clientAddress: "198.51.100.77"))
                host.ident = "# map\nm root postgres\n"
                host.hba = """
                    local "all" all peer
                    host all all all scram-sha-256 map=m
                    hostssl all all 198.51.100.0/24 ldap ldapserver=l ldapbindpasswd=do-not-tell
                    host all all 198.51.100.0/24 password
                    host app @users 2001:db8::/32 scram-sha-256

                    """
            },
            SeenHost(
                number: 2, upstream: 1, user: "owner", settings: ["max_connections": .file("100", boot: "100")]
            ) { host in
                host.hostName = "pg-node"
                host.live.receiver = nil
                host.live.settings["primary_conninfo"] = .file("host=10.0.0.9 user=owner password=do-not-tell")
            },
        ])
}
