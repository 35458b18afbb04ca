@testable import CommandLine
import Diagnostics
import FoundationEssentials
import Inventory
@testable import Operations
import Testing

/// What is shown of a drill.
@Suite struct DrillViewTests {
    /// A row each 50 ms, but for the seconds 3 to 5.2.
    private var result: DrillResult {
        let start = Duration.seconds(1_795_300_671)
        let times = (0..<200).map { Double($0) / 20 }.filter { $0 < 3 || $0 >= 5.2 }
        let client = DrillLog(
            answers: times.enumerated().map {
                DrillLog.Answer(time: start + .milliseconds(Int($1 * 1000)), row: $0 + 1)
            })
        func probe(_ tenths: Range<Int>) -> DrillLog {
            DrillLog(answers: tenths.map { DrillLog.Answer(time: start + .milliseconds($0 * 200), row: $0) })
        }
        let probes = ["db1": probe(0..<15), "db2": probe(26..<50)]
        let began = start + .seconds(3)
        let events = [
            (0, "every process of PostgreSQL on db1 is killed"), (90, "failover to db2"), (2100, "db2 is promoted"),
            (5000, "the fault on db1 is healed"), (5010, "rejoin of db1"), (7000, "the cluster is as declared"),
        ]
        return DrillResult(
            cast: DrillCast(
                fault: .killPrimary, primary: "db1", hit: "db1", successor: "db2", client: "db2",
                order: ["db2", "db1"]),
            began: began,
            events: events.map { DrillResult.Event(time: began + .milliseconds($0), words: $1) }, client: client,
            probes: probes,
            figures: DrillFigures(
                client: client, from: began, until: start + .seconds(10), probes: probes,
                rows: ["db1": Set(1...times.count), "db2": Set(1...times.count)]),
            rejoined: true, isSynchronous: true)
    }

    /// Two rows are missing on db2, and both took writes.
    private var failed: DrillResult {
        var result = result
        result.figures.lost = 2
        result.figures.doublePrimaries = [["db1", "db2"]]
        result.rejoined = false
        result.troubles = ["rejoin: a <b> & \"c\""]
        return result
    }

    @Test("a table with a line a drill, then what is wrong and what goes on from here")
    func table() {
        let text = DrillText(inventory: "shop.yaml")
        #expect(
            text.table([result, failed]) + text.notes([result, failed]) == """
                FAULT         HOST  OUTAGE  ACKNOWLEDGED  LOST  DOUBLE PRIMARY  REJOINED
                kill-primary  db1    2.2 s           156     0  never           yes       ok
                kill-primary  db1    2.2 s           156     2  yes             no        FAILED
                problem: kill-primary: 2 acknowledged rows are lost
                problem: kill-primary: db1 and db2 took writes at one time
                problem: kill-primary: rejoin: a <b> & "c"
                `kumki status shop.yaml` shows the cluster as it is now; `kumki rejoin shop.yaml db1` or `kumki apply shop.yaml` goes on.

                """)
        #expect(result.passed && !failed.passed)
    }

    @Test("what an asynchronous cluster loses is told, and is no failure")
    func asynchronous() {
        var result = result
        result.figures.lost = 3
        result.isSynchronous = false
        #expect(result.passed)
        #expect(DrillText(inventory: "shop.yaml").notes([result]).contains("the inventory allows them"))
    }

    @Test("the JSON has the keys of the contract and no other")
    func json() throws {
        let document = try #require(JSONValue(JSONDocument.text(of: DrillPayload(result))))
        #expect(
            document.keys == ["acknowledged", "double_primary", "fault", "lost", "outage_seconds", "rejoined"])
        #expect(document["fault"] == .string("kill-primary") && document["outage_seconds"] == .number(2.25))
        #expect(document["double_primary"] == .bool(false) && document["lost"] == .number(0))
    }

    @Test("the page needs nothing else, and a host's words stay words")
    func page() throws {
        let html = DrillPage(cluster: "shop", hosts: ["db1", "db2"], results: [result, failed]).html
        try Goldens.expect(html, equals: "drill/page.html")
        for word in ["http:", "https:", "<script", "@import", "url(", "a <b>"] { #expect(!html.contains(word)) }
    }

    @Test("a lab is broken for --yes; real hosts only for the cluster's name")
    func consent() async throws {
        func consent(yes: Bool = false, cluster: String? = nil) -> DrillConsent {
            DrillConsent(yes: yes, cluster: cluster, question: Question(style: .plain), canAsk: false)
        }
        func isGiven(_ consent: DrillConsent, isLab: Bool) async throws -> Bool {
            try await consent.isGiven(to: [.killPrimary], in: FakePlan.inventory, isLab: isLab)
        }
        #expect(try await isGiven(consent(yes: true), isLab: true))
        #expect(try await isGiven(consent(cluster: "shop"), isLab: false))
        for (refused, isLab, code) in [
            (consent(), true, "approval.missing"), (consent(yes: true), false, "drill.cluster"),
            (consent(yes: true, cluster: "other"), true, "drill.cluster"),
        ] {
            let error = try await #require(throws: Diagnostic.self) { _ = try await isGiven(refused, isLab: isLab) }
            #expect(error.code == code)
        }
    }
}
