/// Nodes and the edges between them, in the order in which they were added.
///
/// An edge goes from what comes first to what waits for it. The same insertions give the same order, the same
/// paths and the same drawing.
package struct DirectedGraph<Node: Hashable & Sendable>: Sendable {
    /// In the order of insertion.
    package private(set) var nodes: [Node] = []
    private(set) var following: [[Int]] = []
    private(set) var preceding: [[Int]] = []
    private var indices: [Node: Int] = [:]
    private var known: Set<IndexPair> = []

    package init() {}

    package init(_ nodes: some Sequence<Node>) {
        for node in nodes { insert(node) }
    }

    /// Adds a node; one that is there already keeps its place.
    package mutating func insert(_ node: Node) {
        _ = index(inserting: node)
    }

    /// Makes `second` wait for `first`; both are added when they are new.
    package mutating func connect(_ first: Node, to second: Node) {
        let pair = IndexPair(first: index(inserting: first), second: index(inserting: second))
        guard known.insert(pair).inserted else { return }
        following[pair.first].append(pair.second)
        preceding[pair.second].append(pair.first)
    }

    package func contains(_ node: Node) -> Bool { indices[node] != nil }

    package func hasEdge(from first: Node, to second: Node) -> Bool {
        guard let first = indices[first], let second = indices[second] else { return false }
        return known.contains(IndexPair(first: first, second: second))
    }

    /// The nodes that wait for this one directly, in the order of their edges.
    package func successors(of node: Node) -> [Node] {
        indices[node].map { following[$0].map { nodes[$0] } } ?? []
    }

    /// The nodes that this one waits for directly, in the order of their edges.
    package func predecessors(of node: Node) -> [Node] {
        indices[node].map { preceding[$0].map { nodes[$0] } } ?? []
    }

    /// Everything that must be done before this node; holds the node itself only on a cycle.
    package func ancestors(of node: Node) -> Set<Node> { reached(from: node, along: preceding) }

    /// Everything that waits for this node, however far; holds the node itself only on a cycle.
    package func descendants(of node: Node) -> Set<Node> { reached(from: node, along: following) }

    /// Every edge, in the order of its first node.
    package var edges: [(from: Node, to: Node)] {
        nodes.indices.flatMap { first in following[first].map { (from: nodes[first], to: nodes[$0]) } }
    }

    private mutating func index(inserting node: Node) -> Int {
        if let index = indices[node] { return index }
        indices[node] = nodes.count
        nodes.append(node)
        following.append([])
        preceding.append([])
        return nodes.count - 1
    }

    private func reached(from node: Node, along edges: [[Int]]) -> Set<Node> {
        guard let start = indices[node] else { return [] }
        var seen: Set<Int> = []
        var waiting = edges[start]
        while let next = waiting.popLast() {
            if seen.insert(next).inserted { waiting += edges[next] }
        }
        return Set(seen.map { nodes[$0] })
    }
}

private struct IndexPair: Hashable {
    let first: Int
    let second: Int
}
