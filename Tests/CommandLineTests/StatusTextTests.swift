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
