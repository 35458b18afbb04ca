import Diagnostics
import PostgreSQL
import Testing

@Suite struct TimelineHistoryTests {
    private let third = """
        1\t0/5000060\tno recovery target specified

        2\t0/7000100\tbefore 2025-01-01 00:00:00+00

        """

    private func lsn(_ text: String) throws -> LSN { try #require(LSN(text)) }

    private func history(_ timeline: UInt32, _ switches: [(UInt32, String)]) throws -> TimelineHistory {
        let text = switches.map { "\($0.0)\t\($0.1)\tno recovery target specified\n" }.joined()
        return try TimelineHistory(timeline: Timeline(timeline), parsing: text)
    }

    @Test("a history file tells each timeline's beginning and end")
    func parse() throws {
        let history = try TimelineHistory(timeline: Timeline(3), parsing: third)
        #expect(history.stretches.map(\.timeline.number) == [1, 2, 3])
        #expect(history.stretches.map(\.begin) == [.none, try lsn("0/5000060"), try lsn("0/7000100")])
        #expect(history.stretches.map(\.end) == [try lsn("0/5000060"), try lsn("0/7000100"), nil])
    }

    @Test("comments and blank lines are passed over, and so are carriage returns")
    func comments() throws {
        let history = try TimelineHistory(timeline: Timeline(2), parsing: "# by hand\r\n\r\n  1 0/5000060\r\n")
        #expect(history.stretches.count == 2)
    }

    @Test(
        "a history that can't be is refused",
        arguments: [
            "1", "x\t0/1\tr", "1\tnowhere\tr", "0\t0/1\tr", "1\t0/5\tr\n1\t0/6\tr", "3\t0/5\tr", "1\t0/5\tr\n2\t0/4\tr",
        ])
    func malformed(text: String) {
        let error = #expect(throws: Diagnostic.self) { try TimelineHistory(timeline: Timeline(3), parsing: text) }
        #expect(error?.code == "timeline.history")
    }

    @Test("a history holds what was written before its forks, and its own timeline without end")
    func contains() throws {
        let history = try TimelineHistory(timeline: Timeline(3), parsing: third)
        #expect(history.contains(.first, try lsn("0/5000060")))
        #expect(!history.contains(.first, try lsn("0/5000061")))
        #expect(history.contains(Timeline(3), try lsn("FF/0")))
        #expect(!history.contains(Timeline(4), try lsn("0/1")))
    }

    @Test("a standby on the parent timeline follows while it has not passed the fork")
    func follows() throws {
        let primary = WALPosition(history: try history(2, [(1, "0/5000060")]), lsn: try lsn("0/6000000"))
        let behind = WALPosition(history: .initial, lsn: try lsn("0/5000060"))
        let beyond = WALPosition(history: .initial, lsn: try lsn("0/5000061"))
        #expect(behind.canFollow(primary))
        #expect(!primary.canFollow(behind))
        #expect(behind.isOnOneLine(with: primary) && primary.isOnOneLine(with: behind))
        #expect(!beyond.isOnOneLine(with: primary))
        #expect(primary.history.forkPoint(with: .initial)?.lsn == LSN("0/5000060"))
    }

    @Test("two promotions that took the same number at different positions are two lines")
    func sameNumber() throws {
        let one = WALPosition(history: try history(2, [(1, "0/5000060")]), lsn: try lsn("0/5000060"))
        let other = WALPosition(history: try history(2, [(1, "0/5000100")]), lsn: try lsn("0/5000100"))
        #expect(!one.isOnOneLine(with: other))
        #expect(one.history.relation(to: other.history) == .forked(.init(timeline: .first, lsn: try lsn("0/5000060"))))
    }

    @Test("siblings of one parent are two lines however early they are")
    func siblings() throws {
        let one = WALPosition(history: try history(2, [(1, "0/5000060")]), lsn: try lsn("0/5000060"))
        let other = WALPosition(history: try history(3, [(1, "0/5000060")]), lsn: try lsn("0/5000060"))
        #expect(!one.isOnOneLine(with: other))
    }

    @Test("the same history is one line whoever is ahead")
    func same() throws {
        let one = WALPosition(history: try history(2, [(1, "0/5000060")]), lsn: try lsn("0/9000000"))
        let other = WALPosition(history: try history(2, [(1, "0/5000060")]), lsn: try lsn("0/8000000"))
        #expect(one.canFollow(other) && other.canFollow(one))
        #expect(one.history.relation(to: other.history) == .same)
        #expect(one.history.forkPoint(with: other.history) == nil)
    }

    @Test("histories that begin on different timelines are unrelated")
    func unrelated() {
        #expect(TimelineHistory(timeline: Timeline(5)).relation(to: .initial) == .unrelated)
    }
}
