@testable import CommandLine
import Hosts
@testable import Operations
import Planning
import PostgreSQL
import Resources
import Testing

@Suite struct StatusTextTests {
    private var status: ClusterStatus {
        var observation = Observer.Observation()
        let primary = LiveServer(
            versionNumber: 150_008, inRecovery: false, systemIdentifier: "1", timeline: 1,
            currentLSN: LSN("0/5000060"),
            slots: [LiveSlot(name: "db2", active: true, restartLSN: nil, retainedBytes: 2048, walStatus: "reserved")])
        observation.facts.hosts["db1"] = .present(
            HostFacts(host: "db1", server: .present(ServerFacts(state: .running(primary), dataVersion: "15"))))
        observation.facts.hosts["db2"] = .unknown("no route")
        observation.failures["db2"] = HostError(code: "ssh.connect", host: "db2", message: "no route to host")
        return ClusterStatus(FakePlan.inventory, observation)
    }

    @Test("a table of nodes, one of slots, and what is wrong")
    func table() {
        #expect(
            StatusText(status: status).text == """
                shop  db1 is primary on timeline 1

                HOST  ROLE         UPSTREAM  TIMELINE  LSN        LAG  SYNC
                db1   primary                       1  0/5000060  0 B
                db2   unreachable

                HOST  SLOT  STATE   RETAINED  WAL
                db1   db2   active      2 kB  reserved

                problem: db2 can't be reached

                """)
        #expect(status.exitCode == 2)
    }

    @Test("a drained host is noted with the WAL that its slot keeps, and is no problem")
    func drained() {
        var status = status
        status.problems = []
        status.nodes[1].running = false
        status.nodes[1].drainedSince = "2026-11-21T22:29:09Z"
        let text = StatusText(status: status).text
        #expect(text.contains("db2   drained\n"), "\(text)")
        #expect(
            text.contains("note: db2 is drained since 2026-11-21T22:29:09Z; slot db2 on db1 keeps 2 kB of WAL for it\n")
        )
        #expect(text.hasSuffix("healthy: all else is as declared\n"))
        #expect(status.exitCode == 0)
    }

    @Test("idle slots, conflicts and, when more is asked for, timelines are shown")
    func details() throws {
        var status = status
        status.slots[0].active = false
        status.slots[0].retainedBytes = 3 << 30
        status.nodes[0].timeline = 3
        status.nodes[0].history = try TimelineHistory(
            timeline: Timeline(3),
            parsing: "1\t0/5000060\tno recovery target\n2\t0/6000000\tno recovery target\n")
        status.nodes[1].conflicts = ["snapshot": 9, "lock": 3]
        let text = StatusText(status: status, isVerbose: true).text
        #expect(text.contains("note: slot db2 on db1 is inactive and keeps 3 GB of WAL\n"), "\(text)")
        #expect(text.contains("note: db2 cancelled 12 queries for replay (3 lock, 9 snapshot)\n"))
        #expect(text.contains("db1   1 until 0/5000060, 2 until 0/6000000, 3 now\n"))
        #expect(!StatusText(status: status).text.contains("TIMELINES"))
    }

    @Test("a frame holds what the screen holds, colours take no room, and nothing is cleared that is written again")
    func frame() {
        let frame = LiveScreen.frame(of: "\u{1B}[1mshop\u{1B}[0m is up\nsecond\nthird\n", columns: 8, rows: 2)
        #expect(
            frame
                == "\u{1B}[H\u{1B}[1mshop\u{1B}[0m is\u{1B}[0m\u{1B}[K\r\nsecond\u{1B}[0m\u{1B}[K\u{1B}[J")
    }

    @Test("the JSON has every key of the contract, null where nothing is known")
    func json() throws {
        let document = try #require(JSONValue(JSONDocument.text(of: StatusPayload(status))))
        let node = try #require(document["nodes"]?[1])
        #expect(
            node.keys == [
                "declared_upstream", "host", "lag_bytes", "lsn", "pending_restart", "received_lsn", "replayed_lsn",
                "role", "running", "sync_state", "timeline", "upstream",
            ])
        #expect(node["running"] == .null && node["role"] == .string("unknown"))
        #expect(document["slots"]?[0]?.keys == ["active", "host", "name", "retained_bytes", "wal_status"])
        #expect(document["engine"]?["kind"] == .string("none"))
        #expect(document["problems"]?[0] == .string("db2 can't be reached"))
    }

    @Test("what was proved, a line a check")
    func verification() throws {
        let verification = Verification(
            checks: [
                .init(name: "row written on db1", passed: true, detail: "at 0/5000060"),
                .init(name: "row reaches db2", passed: false, detail: "not there after 15 s"),
            ], status: status)
        #expect(
            VerificationText(verification: verification).text == """
                ok      row written on db1  at 0/5000060
                FAILED  row reaches db2     not there after 15 s
                1 of 2 checks failed.

                """)
        let document = try #require(JSONValue(JSONDocument.text(of: VerificationPayload(verification))))
        #expect(document.keys == ["checks", "passed"])
        #expect(document["checks"]?[1]?.keys == ["detail", "name", "passed"])
    }
}
