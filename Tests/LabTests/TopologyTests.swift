import FoundationEssentials
import Glibc
import Hosts
import Lab
import Testing

/// The inventory's topology changes under a cluster that lives.
@Suite(
    "Changed topology", .serialized,
    .lab(ExampleInventory.quad))
struct TopologyTests {
    private func slots(of host: String) async throws -> String {
        try await LabCluster.shared.sql(
            host, "SELECT string_agg(slot_name || ':' || active, ' ' ORDER BY slot_name) FROM pg_replication_slots")
    }

    @Test("a cascade moves to another upstream and back, streaming throughout, and the old slot goes")
    func reparent() async throws {
        let cluster = try await LabCluster.ready()
        let started = try await cluster.startTime("db4")
        for (from, to) in [("db2", "db3"), ("db3", "db2")] {
            try cluster.edit { $0.replacing("upstream: \(from)}", with: "upstream: \(to)}") }
            try await cluster.kumki("apply", "--yes", expecting: 0)
            try await cluster.expectConverged()
            #expect(try await slots(of: to) == "db4:true")
            #expect(try await slots(of: from) == "")
        }
        #expect(try await cluster.startTime("db4") == started, "from PostgreSQL 13 on a reload is enough")
    }

    @Test("killed whenever a step begins or ends, a move to another upstream is finished by the same command")
    func killedReparent() async throws {
        let cluster = try await LabCluster.ready()
        try cluster.edit { $0.replacing("upstream: db2", with: "upstream: db3") }
        let killed = try await cluster.holdingSteps { try await $0.kill("apply", ["--yes"]) }
        for step in ["db3/slot db4", "db4/primary_conninfo", "db4/reload", "db2/slot db4"] {
            #expect(killed.contain(step), "\(killed)")
        }
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
        #expect(try await slots(of: "db3") == "db4:true")
        #expect(try await slots(of: "db2") == "")
        try cluster.edit { _ in cluster.text }
        try await cluster.kumki("apply", "--yes", expecting: 0)
    }

    @Test("a host that is declared absent is taken out: its children first, its service last, its slot after that")
    func absent() async throws {
        let cluster = try await LabCluster.ready()
        try cluster.edit {
            $0.replacing("db2: {address", with: "db2: {state: absent, address").replacing(
                "confirm: 1", with: "confirm: 1")
        }
        let plan = try await cluster.plan(expecting: 2)
        #expect(plan.ids.contains("db2/retired"))
        #expect(plan.predecessors(of: "db2/retired").contains { $0.hasPrefix("db4/") }, "\(plan.changes)")
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
        #expect(try await slots(of: "db1") == "db3:true db4:true")
        #expect(!(try await cluster.sql("db1", "SHOW synchronous_standby_names").contains("db2")))
        try await cluster.shell("db2", "! systemctl -q is-active postgresql@15-main")
        try await cluster.shell("db2", "[ -e /var/lib/postgresql/15/main/PG_VERSION ]")

        // A reboot does not bring it back; then its lines can go.
        try await cluster.lab.kill("db2")
        try await cluster.kumki("plan", expecting: 0)
        try await cluster.lab.start("db2")
        try await cluster.shell("db2", "! systemctl -q is-active postgresql@15-main")

        // Its data goes only when it is asked for and agreed to by name.
        let refused = try await cluster.kumki("apply", "--purge", "--yes", expecting: 1)
        #expect(refused.errorText.contains("--approve-destroy db2"), "\(refused.errorText)")
        try await cluster.shell("db2", "[ -e /var/lib/postgresql/15/main/PG_VERSION ]")
        try await cluster.kumki("apply", "--purge", "--yes", "--approve-destroy", "db2", expecting: 0)
        try await cluster.shell(
            "db2",
            "[ ! -e /var/lib/postgresql/15/main ] && [ ! -e /etc/postgresql/15/main ] && ! grep -q kumki /etc/hosts && [ ! -e /var/lib/kumki/*/record ]"
        )
        try await cluster.kumki("apply", "--purge", "--yes", expecting: 0)

        try cluster.edit { text in
            text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.contains("db2: {") }
                .joined(separator: "\n").replacing(", upstream: db2", with: "")
        }
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.kumki("plan", expecting: 0)
    }

    @Test("a renamed replication user and a delay: every standby goes on streaming, and the old role stays")
    func renamedUser() async throws {
        let cluster = try await LabCluster.ready()
        let started = try await cluster.startTime("db4")
        try cluster.edit {
            $0.replacing("\nreplication:\n", with: "\nreplication:\n  user: walsender\n")
                .replacing("upstream: db2}", with: "upstream: db2, replication: {mode: async, apply_delay: 3s}}")
        }
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
        let users = "SELECT string_agg(DISTINCT usename, ' ') FROM pg_stat_replication WHERE state = 'streaming'"
        for upstream in ["db1", "db2"] { #expect(try await cluster.sql(upstream, users) == "walsender") }
        #expect(try await cluster.sql("db4", "SHOW recovery_min_apply_delay") == "3s")
        #expect(try await cluster.sql("db4", "SHOW hot_standby_feedback") == "off")
        #expect(try await cluster.sql("db1", "SELECT count(*) FROM pg_roles WHERE rolname = 'replicator'") == "1")
        #expect(try await cluster.startTime("db4") == started, "a reload was enough")
    }

    @Test("a watched status shows what changes on a screen of its own, and leaves the last look behind")
    func watch() async throws {
        let cluster = try await LabCluster.ready()
        let (keys, log) = ("\(cluster.folder)/keys", "\(cluster.folder)/screen.log")
        let command = "'\(LabCluster.binary)' status '\(cluster.file)' --watch"
        let script = """
            mkfifo '\(keys)'
            setsid script -qefc "\(command)" '\(log)' <'\(keys)' >/dev/null 2>&1 & echo $!
            """
        let started = try await LocalPrograms().run(Command("sh", ["-c", script]))
        let process = try #require(Int32(started.outputText.filter { $0 != "\n" }), "\(started.errorText)")
        let terminal = BackgroundRun(process: process, log: log)
        let keyboard = open(keys, O_WRONLY)
        defer { close(keyboard) }

        try await cluster.wait("the cluster is shown") { terminal.output.contains("healthy: all is as declared") }
        try await cluster.shell("db4", "systemctl stop postgresql@15-main")
        try await cluster.wait("it is shown as stopped") { terminal.output.contains("not running") }
        try #require(write(keyboard, "\u{3}", 1) == 1)
        try await cluster.wait("Ctrl-C ends it") { !terminal.isRunning }
        let screens = terminal.output.split(separator: "\u{1B}[?1049l")
        #expect(terminal.output.contains("\u{1B}[?1049h") && screens.count == 2, "\(terminal.output)")
        #expect(screens.last?.contains("not running") == true, "\(terminal.output)")
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
    }
}
