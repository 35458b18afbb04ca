@testable import CommandLine
import Diagnostics
@testable import Planning
import Resources
import Testing

@Suite struct PlanTextTests {
    private func text(_ plan: Plan, verbose: Bool = false, colours: Bool = false) -> String {
        PlanText(
            plan: plan, inventory: FakePlan.inventory, style: Style(usesColor: colours), isVerbose: verbose
        ).text
    }

    @Test("host by host in the order of the inventory, a line a change, with the difference below it")
    func grouped() {
        #expect(
            text(FakePlan.restart) == """
                db1  198.18.0.11, primary
                  + db1/slot db3   the slot is missing
                  - db1/leftovers  no standby of this host uses it
                  > db1/reload     work_mem   [reload]

                db2  198.18.0.12, standby
                  ~ db2/postgresql.conf  max_connections 100 -> 200   [restart]
                      --- /etc/postgresql/15/main/postgresql.conf (there)
                      +++ /etc/postgresql/15/main/postgresql.conf (declared)
                      @@ -1,2 +1,2 @@
                       port = 5432
                      -max_connections = 100
                      +max_connections = 200
                  > db2/restart          max_connections   [restart]

                Plan: 1 to create, 1 to update, 1 to delete, 2 to run; 1 restart, 1 reload on 2 hosts.

                """)
    }

    @Test("a new file is one line; --verbose shows its content and what a change waits for")
    func newFiles() {
        let plan = FakePlan.plan([
            FakePlan.change("db1/hosts", .create, "/etc/x is missing", after: ["db1/record"], diff: "+++ /etc/x\n+line")
        ])
        #expect(!text(plan).contains("+line"))
        #expect(text(plan, verbose: true).contains("      after db1/record\n      +++ /etc/x\n      +line\n"))
    }

    @Test("destroyed data is loud and names the host")
    func destroys() {
        let plan = FakePlan.plan([
            FakePlan.change("db2/basebackup", .create, "another cluster", effect: .rebuild, destroysData: true)
        ])
        #expect(text(plan).contains("[rebuild]\n       DESTROYS DATA on db2 \n"))
        #expect(text(plan, colours: true).contains("\u{1B}[1;97;41m DESTROYS DATA on db2 \u{1B}[0m"))
    }

    @Test("nothing to change is said so")
    func empty() {
        #expect(text(FakePlan.plan([])) == "Nothing to change: the cluster is as declared.\n")
    }

    @Test("what waits is listed, a long list is cut")
    func pending() {
        let waiting = (1...10).map { Plan.Pending(id: "db1/step \($0)", reason: "waits for db1/start") }
        let short = text(FakePlan.plan([], pending: waiting))
        #expect(short.contains("  ? db1/step 1  waits for db1/start\n"))
        #expect(short.contains("    and 2 more (--verbose shows them)\n"))
        #expect(short.contains("Nothing to change now; see what waits above."))
        #expect(text(FakePlan.plan([], pending: waiting), verbose: true).contains("db1/step 10"))
    }

    @Test("the hosts' memory is hinted at once where it is not declared")
    func memory() {
        let plan = FakePlan.plan(
            [FakePlan.change("db1/x", .create, "new")], memory: ["db1": 16 << 30, "db2": 1_000_000_000])
        #expect(
            text(plan).contains(
                "`memory` is not declared, so memory settings keep PostgreSQL's defaults: db1 has 16 GB, db2 has 953.6 MB\n"
            ))
    }

    @Test("a difference that several hosts have is shown once; --verbose shows it at each")
    func sameDifference() {
        let plan = FakePlan.plan(
            ["db1", "db2"].map { FakePlan.change("\($0)/pg_hba.conf", .update, "content differs", diff: "+trust") })
        #expect(
            text(plan).hasPrefix(
                """
                db1  198.18.0.11, primary
                  ~ db1/pg_hba.conf  content differs
                      +trust

                db2  198.18.0.12, standby
                  ~ db2/pg_hba.conf  content differs
                      the same difference as on db1

                """))
        #expect(!text(plan, verbose: true).contains("the same difference"))
    }

    @Test("a long list of settings is cut where the difference holds it all")
    func longReason() {
        let reason = (1...6).map { "s\($0) 1 -> 2" }.joined(separator: ", ")
        let cut = FakePlan.plan([FakePlan.change("db1/postgresql.conf", .update, reason, diff: "+x")])
        #expect(text(cut).contains("s1 1 -> 2, s2 1 -> 2, s3 1 -> 2 and 3 more\n"))
        let whole = FakePlan.plan([FakePlan.change("db1/restart", .run, reason)])
        #expect(text(whole).contains(reason))
    }

    @Test("nothing that a host said reaches the terminal as a command")
    func escapes() {
        let plan = FakePlan.plan([
            FakePlan.change("db1/x", .update, "was \u{1B}[2J", diff: "+\u{1B}]0;title\u{7}\twords")
        ])
        #expect(!text(plan).contains("\u{1B}"))
        #expect(text(plan).contains("was \\u{1B}[2J"))
    }
}
