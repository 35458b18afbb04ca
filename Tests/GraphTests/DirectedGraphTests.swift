import Graph
import Testing

@Suite struct DirectedGraphTests {
    /// `a>b` connects, a lone name inserts.
    private func graph(_ words: String...) -> DirectedGraph<String> {
        var graph = DirectedGraph<String>()
        for word in words {
            let names = word.split(separator: ">").map(String.init)
            for name in names { graph.insert(name) }
            for (first, second) in zip(names, names.dropFirst()) { graph.connect(first, to: second) }
        }
        return graph
    }

    private func edges(_ graph: DirectedGraph<String>) -> [String] { graph.edges.map { "\($0.from)>\($0.to)" } }

    @Test("nodes without edges keep the order in which they were added")
    func insertionOrder() throws {
        #expect(try graph("c", "a", "b").order() == ["c", "a", "b"])
    }

    @Test("a node stands behind everything that it waits for, and nothing else moves")
    func order() throws {
        #expect(try graph("late", "x", "first>late", "y").order() == ["first", "late", "x", "y"])
        #expect(try graph("a>b>d", "a>c>d").order() == ["a", "b", "c", "d"])
    }

    @Test("the order holds every edge and is the same every time", arguments: 0..<20)
    func randomOrder(seed: UInt64) throws {
        var random = Dice(state: seed)
        var graph = DirectedGraph<Int>(0..<60)
        let hidden = (0..<60).shuffled(using: &random)
        for _ in 0..<150 {
            let first = Int.random(in: 0..<59, using: &random)
            graph.connect(hidden[first], to: hidden[Int.random(in: (first + 1)..<60, using: &random)])
        }
        let order = try graph.order()
        #expect(order.sorted() == Array(0..<60))
        #expect(try order == graph.order())
        let rank = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        #expect(graph.edges.allSatisfy { rank[$0.from, default: 99] < rank[$0.to, default: -1] })

        let reduced = try graph.transitiveReduction()
        for node in graph.nodes { #expect(graph.descendants(of: node) == reduced.descendants(of: node)) }
        for edge in reduced.edges {
            let others = reduced.successors(of: edge.from).filter { $0 != edge.to }
            #expect(!others.contains { reduced.descendants(of: $0).contains(edge.to) })
        }
    }

    @Test("a chain of 50,000 nodes is ordered without running out of stack")
    func longChain() throws {
        var graph = DirectedGraph<Int>()
        for number in (0..<50_000).reversed() { graph.connect(number, to: number + 1) }
        #expect(try graph.order().first == 0)
    }

    @Test("a cycle is named in the direction of its edges, from the node that was added first")
    func cycle() {
        let graph = graph("in", "db2", "db3", "db4", "in>db3>db4>db2>db3", "db2>out")
        #expect(graph.cycle()?.nodes == ["db2", "db3", "db4"])
        #expect(graph.cycle()?.description == "db2 -> db3 -> db4 -> db2")
        #expect(throws: Cycle<String>.self) { try graph.order() }
    }

    @Test("a node that waits for itself is a cycle of one")
    func selfCycle() {
        #expect(graph("a>a").cycle()?.nodes == ["a"])
        #expect(graph("a>b").cycle() == nil)
    }

    @Test("ancestors and descendants are found however far away")
    func relatives() {
        let graph = graph("a>b>c>d", "x>c", "y")
        #expect(graph.ancestors(of: "c") == ["a", "b", "x"])
        #expect(graph.descendants(of: "b") == ["c", "d"])
        #expect(graph.ancestors(of: "y").isEmpty)
        #expect(graph.descendants(of: "unknown").isEmpty)
        #expect(graph.predecessors(of: "c") == ["b", "x"])
        #expect(graph.successors(of: "c") == ["d"])
    }

    @Test("an edge added twice is one edge")
    func doubleEdge() {
        #expect(edges(graph("a>b", "a>b")) == ["a>b"])
        #expect(graph("a>b").hasEdge(from: "a", to: "b"))
        #expect(!graph("a>b").hasEdge(from: "b", to: "a"))
    }

    @Test("the transitive reduction drops what a longer way implies")
    func reduction() throws {
        #expect(try edges(graph("a>d", "a>b>c>d", "b>d").transitiveReduction()) == ["a>b", "b>c", "c>d"])
    }

    @Test("removed nodes take the order that led through them along")
    func removing() {
        let kept = graph("a>x>b", "a>c", "x>d").removing { $0 == "x" }
        #expect(kept.nodes == ["a", "b", "c", "d"])
        #expect(edges(kept) == ["a>c"])
    }
}

/// A small generator whose numbers depend on the seed only.
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
