import Blueprint
import Diagnostics
import Graph
import Inventory
import PostgreSQL
import Resources
import TestSupport
import Testing

@Suite struct RenderingTests {
    private static func files(_ inventory: Inventory, on host: String) throws -> String {
        let playbook = try Playbook(text: BuiltInFolder(.playbooks).text(of: "provision.yaml"), file: "provision.yaml")
        let blueprint = try Blueprint(PlaybookTests.design(inventory), playbook: playbook)
        var text = ""
        for step in blueprint.steps where step.host == host {
            guard let resource = step.resource as? any RendersFiles else { continue }
            for file in resource.renderedFiles {
                text += "=== \(file.path) \(file.mode) \(file.owner)\n\(file.content.masked)"
            }
        }
        return text
    }

    @Test("the files of a standby in each version", arguments: PostgresVersion.supported)
    func files(version: PostgresVersion) throws {
        let edits = [
            ("  version: 15\n", "  version: \(version)\n"), ("scram-sha-256", version < .v10 ? "md5" : "scram-sha-256"),
            ("    max_connections: 100\n", "    max_connections: 100\n    search_path: \"it's, \\\"odd\\\"\"\n"),
            (
                "synchronous: {method: any, confirm: 1}",
                "synchronous: {method: \(version < .v10 ? "first" : "any"), confirm: 1}"
            ),
            (
                "replication:\n  password",
                "replication:\n  archive: {directory: /srv/arch ive, shared: true}\n  password"
            ),
        ]
        let text = try Self.files(try PlaybookTests.inventory("demo", edits), on: "db4")
        #expect(!text.contains("trust"))
        try Goldens.expect(text, equals: "Tests/BlueprintTests/Goldens/files-\(version).txt")
    }

    @Test("every database host has the same pg_hba.conf, and it admits every other one alone")
    func hba() throws {
        let inventory = try PlaybookTests.inventory("five-quorum-cascade")
        func part(_ host: String) throws -> Substring {
            let text = try Self.files(inventory, on: host)
            return text.split(separator: "=== ").first { $0.contains("pg_hba.conf") } ?? ""
        }
        let first = try part("db1")
        for host in ["db2", "db3", "db4", "db5"] { #expect(try part(host) == first) }
        for address in 11...15 {
            #expect(first.contains("host replication replicator 198.18.13.\(address)/32 scram-sha-256"))
        }
    }

    @Test("a delayed standby gives no feedback, and memory sizes what the host has")
    func delayed() throws {
        let inventory = try PlaybookTests.inventory(
            "pair-async",
            [("roles: [standby]}", "roles: [standby], replication: {apply_delay: 1h}, memory: 8GB}")])
        let standby = try Self.files(inventory, on: "db2")
        #expect(
            standby.contains("recovery_min_apply_delay = '1h'") || standby.contains("recovery_min_apply_delay = 1h"))
        #expect(standby.contains("hot_standby_feedback = off"))
        let primary = try Self.files(inventory, on: "db1")
        #expect(primary.contains("hot_standby_feedback = on"))
        #expect(!primary.contains("recovery_min_apply_delay"))
        #expect(!primary.contains("effective_cache_size") && standby.contains("effective_cache_size"))
    }

    @Test("a standby never holds less than its pg_control asks, declared or not")
    func hotStandby() throws {
        let inventory = try PlaybookTests.inventory(
            "pair-async", [("    max_connections: 100\n", "    max_worker_processes: 4\n")])
        let design = PlaybookTests.design(inventory)
        let host = try #require(inventory.host("db2"))
        let control = try ControlData(
            parsing: """
                pg_control version number:            1300
                Catalog version number:               202209061
                Database system identifier:           73
                Database cluster state:               in archive recovery
                Latest checkpoint location:           0/5000060
                Latest checkpoint's REDO location:    0/5000060
                Latest checkpoint's TimeLineID:       1
                Minimum recovery ending location:     0/0
                max_connections setting:              300
                max_worker_processes setting:         8
                max_wal_senders setting:              10
                max_prepared_xacts setting:           0
                max_locks_per_xact setting:           64
                Bytes per WAL segment:                16777216
                Data page checksum version:           1
                """)
        var settings = ServerSettings(design, host)
        #expect(settings["max_connections"] == nil)
        settings.keepHotStandbyValues(above: control, version: .v15)
        #expect(settings["max_connections"] == "300", "its line was taken out: PostgreSQL's default is lower")
        #expect(settings["max_worker_processes"] == "8")
        #expect(settings["max_wal_senders"] == "20")
        #expect(settings["max_prepared_transactions"] == nil)
    }
}
