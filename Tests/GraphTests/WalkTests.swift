import Graph
import Synchronization
import Testing

@Suite struct WalkTests {
    /// What bodies did, in the order in which they did it.
    private final class Diary: Sendable {
        struct Page {
            var lines: [String] = []
            var running = 0
            var busiest = 0
            var lanes: [String: Int] = [:]
            var laneBroken = false
        }
        let page = Mutex(Page())

        var lines: [String] { page.withLock { $0.lines } }

        func begin(_ node: String, lane: String = "") {
            page.withLock { page in
                page.lines.append("+\(node)")
                page.running += 1
                page.busiest = max(page.busiest, page.running)
                page.lanes[lane, default: 0] += 1
                if page.lanes[lane, default: 0] > 1 { page.laneBroken = true }
            }
        }

        func end(_ node: String, lane: String = "") {
            page.withLock { page in
                page.lines.append("-\(node)")
                page.running -= 1
                page.lanes[lane, default: 0] -= 1
            }
        }
    }

    @Test("one at a time follows the graph's own order")
    func sequential() async {
        var graph = DirectedGraph(["a", "c", "b"])
        graph.connect("b", to: "c")
        let diary = Diary()
        let report = await graph.walk(limit: 1, lane: \.self) { node in
            diary.begin(node)
            diary.end(node)
            return true
        }
        #expect(diary.lines == ["+a", "-a", "+b", "-b", "+c", "-c"])
        #expect(report == WalkReport(finished: ["a", "c", "b"], failed: [], notStarted: []))
        #expect(report.isComplete)
    }

    @Test("an empty graph is walked at once")
    func empty() async {
        let report = await DirectedGraph<Int>().walk(limit: 8, lane: \.self) { _ in false }
        #expect(report.isComplete)
    }

    @Test("nodes without an edge between them run at the same time")
    func sideBySide() async {
        // Each of the two waits for the other to have begun: one at a time would never end.
        let meeting = Meeting(of: 2)
        let report = await DirectedGraph(["a", "b"]).walk(limit: 2, lane: \.self) { _ in
            await meeting.arrive()
            return true
        }
        #expect(report.isComplete)
    }

    @Test("no more than the limit, no two of a lane, nothing before its turn", arguments: 1...6)
    func bounds(limit: Int) async {
        var random = Dice(state: UInt64(limit))
        var graph = DirectedGraph<String>()
        for number in 0..<80 {
            graph.insert("db\(number % 5)/\(number)")
            for _ in 0..<2 where number > 0 {
                let earlier = Int.random(in: 0..<number, using: &random)
                graph.connect("db\(earlier % 5)/\(earlier)", to: "db\(number % 5)/\(number)")
            }
        }
        let diary = Diary()
        let host: @Sendable (String) -> String = { String($0.prefix(3)) }
        let report = await graph.walk(limit: limit, lane: host) { node in
            diary.begin(node, lane: host(node))
            for _ in 0..<5 { await Task.yield() }
            diary.end(node, lane: host(node))
            return true
        }
        #expect(report.isComplete)
        let page = diary.page.withLock { $0 }
        #expect(page.busiest <= limit)
        #expect(!page.laneBroken)
        let lines = page.lines
        for edge in graph.edges {
            let ended = lines.firstIndex(of: "-\(edge.from)") ?? .max
            let began = lines.firstIndex(of: "+\(edge.to)") ?? .min
            #expect(ended < began)
        }
    }

    @Test("after a failure what runs is finished and nothing new starts")
    func failure() async {
        var graph = DirectedGraph(["bad", "running", "third", "behind"])
        graph.connect("bad", to: "behind")
        let meeting = Meeting(of: 2)
        let diary = Diary()
        let report = await graph.walk(limit: 2, lane: \.self) { node in
            diary.begin(node)
            await meeting.arrive()
            diary.end(node)
            return node != "bad"
        }
        #expect(report.failed == ["bad"])
        // Whichever of the two ends first, "third" may start only before the failure is known.
        #expect(report.finished.contains("running"))
        #expect(report.notStarted.contains("behind"))
        #expect(!diary.lines.contains("+behind"))
    }

    @Test("a failed node of a lane leaves the rest of the lane undone")
    func failedLane() async {
        let report = await DirectedGraph(["a", "b", "c"]).walk(limit: 9, lane: \.isEmpty) { $0 != "b" }
        #expect(report == WalkReport(finished: ["a"], failed: ["b"], notStarted: ["c"]))
        #expect(!report.isComplete)
    }

    @Test("a stop from outside lets the running node finish and starts no other")
    func stop() async {
        let stop = StopSignal()
        var graph = DirectedGraph(["a", "b"])
        graph.connect("a", to: "b")
        let report = await graph.walk(limit: 2, lane: \.self, stop: stop) { _ in
            stop.request()
            return true
        }
        #expect(report == WalkReport(finished: ["a"], failed: [], notStarted: ["b"]))
    }

    @Test("a cancelled task starts nothing")
    func cancelled() async {
        let report = await withTaskGroup(of: WalkReport<String>.self) { group in
            group.cancelAll()
            group.addTask { await DirectedGraph(["a"]).walk(limit: 1, lane: \.self) { _ in true } }
            return await group.next()
        }
        #expect(report?.notStarted == ["a"])
    }

    @Test("nodes on a cycle and behind one never start")
    func cycle() async {
        var graph = DirectedGraph(["free", "a", "b", "behind"])
        graph.connect("a", to: "b")
        graph.connect("b", to: "a")
        graph.connect("b", to: "behind")
        let report = await graph.walk(limit: 4, lane: \.self) { _ in true }
        #expect(report == WalkReport(finished: ["free"], failed: [], notStarted: ["a", "b", "behind"]))
    }
}

/// Lets tasks wait until a number of them have arrived.
private actor Meeting {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(of count: Int) { missing = count }

    func arrive() async {
        missing -= 1
        if missing <= 0 {
            for continuation in waiting { continuation.resume() }
            waiting = []
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }
}
