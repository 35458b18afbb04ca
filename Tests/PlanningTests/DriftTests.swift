import Applying
import Blueprint
import Diagnostics
import Graph
import Hosts
import Inventory
import Planning
import PostgreSQL
import Resources
import TestSupport
import Testing

/// What happened to a converged cluster, or to its inventory; the golden of the same name holds the plan that follows.
struct Drift: Sendable, CustomTestStringConvertible {
    var name: String
    var inventory = "demo"
    var edits: [(String, String)] = []
    var options = Planner.Options()
    /// Whether the plan, carried out, leaves nothing to do.
    var converges = true
    /// How many plans it takes: a cascade follows the primary while its upstream is copied, and goes back afterwards.
    var plans = 1
    var damage: @Sendable (SimulatedCluster) -> Void = { _ in }

    var testDescription: String { name }

    static let all = damaged + edited + hotStandby + held

    private static let conf = "/etc/postgresql/15/main/postgresql.conf"
    private static let hba = "/etc/postgresql/15/main/pg_hba.conf"
    private static let data = "/var/lib/postgresql/15/main"

    private static func append(_ line: String, to path: String, on host: String) -> @Sendable (SimulatedCluster) -> Void
    {
        { cluster in
            cluster.damage(host) { machine in
                let file = machine.files[path]
                machine.write(
                    path, (file?.content ?? "") + line, mode: file?.mode ?? "", owner: file?.owner ?? "",
                    group: file?.group ?? "")
            }
        }
    }

    private static let damaged: [Drift] = [
        Drift(name: "line-appended-to-postgresql-conf", damage: append("work_mem = '1GB'\n", to: conf, on: "db2")),
        Drift(name: "trust-line-in-pg-hba", damage: append("host all all all trust\n", to: hba, on: "db1")),
        Drift(
            name: "trust-line-read-by-the-server",
            damage: { cluster in
                append("host all all all trust\n", to: hba, on: "db1")(cluster)
                cluster.damage("db1") { $0.server?.loaded = $0.clock + 1 }
            }),
        Drift(name: "wrong-mode", damage: { $0.damage("db3") { $0.files[hba]?.mode = "0666" } }),
        Drift(name: "stopped-standby", damage: { $0.damage("db2") { $0.server?.isRunning = false } }),
        Drift(
            name: "stopped-standby-without-signal",
            damage: { cluster in
                cluster.damage("db3") { machine in
                    machine.server?.isRunning = false
                    machine.files["\(data)/standby.signal"] = nil
                }
            }),
        Drift(name: "dropped-slot", damage: { $0.damage("db2") { $0.server?.slots["db4"] = nil } }),
        Drift(
            name: "changed-password",
            damage: { $0.change { $0.catalog.roles["app"]?.verifier = "SCRAM-SHA-256$4096:AAAA$BBBB:CCCC" } }),
        Drift(name: "dropped-role", damage: { $0.change { $0.catalog.roles["app"] = nil } }),
        Drift(
            name: "role-lost-replication-and-password",
            damage: { cluster in
                cluster.change { state in
                    state.catalog.roles["replicator"]?.replication = false
                    state.catalog.roles["replicator"]?.verifier = nil
                }
            }),
        Drift(
            name: "dropped-extension", inventory: "pair-async",
            damage: { $0.change { _ = $0.catalog.extensions["app"]?.remove("pg_stat_statements") } }),
        Drift(
            name: "standby-data-gone", plans: 2,
            damage: { cluster in
                cluster.damage("db2") { machine in
                    machine.server = nil
                    for path in machine.files.keys where path.hasPrefix(data + "/") { machine.files[path] = nil }
                }
            }),
        Drift(
            name: "alter-system-over-a-declared-setting",
            damage: { cluster in
                append("max_standby_streaming_delay = '1h'\n", to: "\(data)/postgresql.auto.conf", on: "db1")(cluster)
                cluster.damage("db1") {
                    $0.server?.live["max_standby_streaming_delay"] = ("1h", "\(data)/postgresql.auto.conf")
                }
            }),
        Drift(
            name: "standby-follows-another-upstream",
            damage: { cluster in
                let text = cluster.read { $0.machines["db4"]?.files["\(data)/postgresql.auto.conf"]?.content ?? "" }
                let moved = text.split(separator: "198.18.14.12").joined(separator: "198.18.14.11")
                cluster.damage("db4") { machine in
                    machine.write("\(data)/postgresql.auto.conf", moved, mode: "0600", owner: "postgres")
                    let conninfo = machine.server?.live["primary_conninfo"]
                    machine.server?.live["primary_conninfo"] = conninfo.map {
                        ($0.value.split(separator: "198.18.14.12").joined(separator: "198.18.14.11"), $0.file)
                    }
                }
                cluster.damage("db1") { $0.server?.slots["db4"] = LiveSlot(name: "db4") }
            }),
        Drift(
            name: "unseen-standby", options: .init(), converges: false,
            damage: { $0.change { $0.unreachable = ["db3"] } }),
        Drift(
            name: "something-else-on-the-port", converges: false,
            damage: { cluster in
                cluster.damage("db2") { machine in
                    machine.server?.isRunning = false
                    machine.hasForeignListener = true
                }
            }),
    ]

    private static let settings = "    shared_buffers: 64MB"

    private static let edited: [Drift] = [
        Drift(name: "setting-that-reloads", edits: [(settings, settings + "\n    work_mem: 16MB")]),
        Drift(name: "setting-that-restarts", edits: [(settings, "    shared_buffers: 128MB")]),
        Drift(name: "setting-in-another-unit", edits: [(settings, "    shared_buffers: 65536kB")]),
        Drift(
            name: "async-to-sync", inventory: "pair-async",
            edits: [
                ("roles: [standby]}", "roles: [standby], replication: sync}"),
                ("replication:\n  password", "replication:\n  synchronous: {confirm: 1}\n  password"),
            ]),
        Drift(
            name: "sync-to-async",
            edits: [(", replication: sync", ""), ("  synchronous: {method: any, confirm: 1}\n", "")]),
        Drift(
            name: "new-user",
            edits: [
                (
                    "  databases:\n",
                    "    - {name: reader, password: {env: READER}, attributes: [noinherit]}\n  databases:\n"
                )
            ]),
        Drift(
            name: "new-hba-line",
            edits: [
                (
                    "  users:\n",
                    "    - {type: host, database: app, user: reader, address: 10.0.0.0/8, method: scram-sha-256}\n  users:\n"
                )
            ]),
        Drift(name: "changed-port", edits: [("  version: 15\n", "  version: 15\n  port: 5433\n")], converges: false),
        Drift(
            name: "changed-data-directory",
            edits: [("  version: 15\n", "  version: 15\n  data_directory: /srv/pg/data\n")], converges: false),
        Drift(
            name: "new-standby",
            edits: [("  db4: {", "  db5: {address: 198.18.14.15, roles: [standby], upstream: db3}\n  db4: {")]),
        Drift(
            name: "deleted-user-line",
            edits: [("    - {name: app, password: {file: .kumki/lab/demo/secrets/app}}\n", "    []\n")]),
        Drift(
            name: "deleted-cascade",
            edits: [("  db4: {address: 198.18.14.14, roles: [standby], upstream: db2}\n", "")]),
        Drift(
            name: "archive",
            edits: [("replication:\n  pass", "replication:\n  archive: {directory: /srv/archive}\n  pass")]),
        Drift(name: "keys-of-all", edits: [("replication:\n", "key_exchange: all\nreplication:\n")]),
    ]

    private static let hotStandby: [Drift] = [
        Drift(name: "hot-standby-raised", edits: [("max_connections: 100", "max_connections: 200")]),
        Drift(name: "hot-standby-lowered", edits: [("max_connections: 100", "max_connections: 50")]),
        Drift(
            name: "hot-standby-mixed",
            edits: [("max_connections: 100", "max_connections: 50\n    max_worker_processes: 16")]),
        Drift(name: "hot-standby-removed", edits: [("    max_connections: 100\n", "")]),
    ]

    private static let held: [Drift] = [
        Drift(
            name: "restart-never", edits: [("max_connections: 100", "max_connections: 200")],
            options: .init(restart: .never), converges: false),
        Drift(
            name: "restart-standbys", edits: [("max_connections: 100", "max_connections: 200")],
            options: .init(restart: .standbys), converges: false),
        Drift(
            name: "restart-standbys-lowered", edits: [("max_connections: 100", "max_connections: 50")],
            options: .init(restart: .standbys), converges: false),
        Drift(
            name: "limit-to-a-standby", options: .init(limit: ["db2"]), converges: false,
            damage: append("work_mem = '1GB'\n", to: conf, on: "db2")),
        Drift(
            name: "limit-to-a-standby-that-restarts", edits: [("max_connections: 100", "max_connections: 200")],
            options: .init(limit: ["db3"]), converges: false),
        Drift(
            name: "limit-refused", edits: [("max_connections: 100", "max_connections: 200")],
            options: .init(limit: ["db1"]), converges: false),
    ]
}

@Suite("A converged cluster, then something changes")
struct DriftTests {
    @Test("the plan is exactly the difference, and carried out it leaves nothing", arguments: Drift.all)
    func drift(drift: Drift) async throws {
        let cluster = try SimulatedCluster(drift.inventory)
        try await cluster.converge()
        try cluster.declare(drift.inventory, drift.edits)
        drift.damage(cluster)
        var plan = try await cluster.plan(drift.options)
        var text = PlanText(plan).text
        for further in (0..<(drift.converges ? drift.plans : 0)).reversed() {
            #expect(plan.refusals.isEmpty && plan.unreachable.isEmpty)
            let report = await cluster.carryOut(plan)
            #expect(report.isComplete, "\(report.failures) \(report.notStarted)")
            plan = try await cluster.plan()
            if further > 0 { text += "\n== and once that is done\n" + PlanText(plan).text }
        }
        if drift.converges { #expect(PlanText(plan).text == PlanText.nothing) }
        try Goldens.expect(text, equals: "Tests/PlanningTests/Goldens/\(drift.name).txt")
    }
}
