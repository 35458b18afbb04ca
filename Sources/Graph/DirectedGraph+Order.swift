extension DirectedGraph {
    /// Every node after all that it waits for, and otherwise in the order of insertion.
    ///
    /// - Throws: ``Cycle`` when there is no such order.
    package func order() throws(Cycle<Node>) -> [Node] {
        try indexOrder().map { nodes[$0] }
    }

    /// Some nodes that wait for each other, or nil when every node can have its turn.
    package func cycle() -> Cycle<Node>? {
        do {
            _ = try indexOrder()
            return nil
        } catch {
            return error
        }
    }

    /// The same order without edges that a longer way round implies.
    ///
    /// - Throws: ``Cycle``: with one, there is more than one answer.
    package func transitiveReduction() throws(Cycle<Node>) -> DirectedGraph {
        let order = try indexOrder()
        var rank = [Int](repeating: 0, count: nodes.count)
        for (position, index) in order.enumerated() { rank[index] = position }

        var kept = [[Int]](repeating: [], count: nodes.count)
        var reach = [Bits](repeating: Bits(count: nodes.count), count: nodes.count)
        for index in order.reversed() {
            // The nearest first: what it reaches makes a direct edge to anything farther needless.
            for next in following[index].sorted(by: { rank[$0] < rank[$1] }) where !reach[index].contains(next) {
                kept[index].append(next)
                reach[index].insert(next)
                reach[index].formUnion(reach[next])
            }
        }

        var result = DirectedGraph(nodes)
        for index in nodes.indices {
            for next in following[index] where kept[index].contains(next) {
                result.connect(nodes[index], to: nodes[next])
            }
        }
        return result
    }

    /// The graph without some of its nodes and without the order that led through them.
    package func removing(where isRemoved: (Node) throws -> Bool) rethrows -> DirectedGraph {
        let removed = try nodes.map(isRemoved)
        var result = DirectedGraph(nodes.indices.lazy.filter { !removed[$0] }.map { nodes[$0] })
        for index in nodes.indices where !removed[index] {
            for next in following[index] where !removed[next] { result.connect(nodes[index], to: nodes[next]) }
        }
        return result
    }

    /// Depth first over what a node waits for, with a stack of its own: a long chain must not end the program.
    private func indexOrder() throws(Cycle<Node>) -> [Int] {
        var visits = [Visit](repeating: .new, count: nodes.count)
        var order: [Int] = []
        for start in nodes.indices where visits[start] == .new {
            var path: [(node: Int, next: Int)] = [(start, 0)]
            visits[start] = .open
            while let top = path.last {
                guard top.next < preceding[top.node].count else {
                    visits[top.node] = .done
                    order.append(top.node)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let needed = preceding[top.node][top.next]
                switch visits[needed] {
                case .done: break
                case .new:
                    visits[needed] = .open
                    path.append((needed, 0))
                case .open:
                    // The path goes against the edges, so its reverse is the cycle.
                    throw cycle(path.map(\.node).drop { $0 != needed }.reversed())
                }
            }
        }
        return order
    }

    private func cycle(_ indices: [Int]) -> Cycle<Node> {
        let lead = indices.indices.min { indices[$0] < indices[$1] } ?? 0
        return Cycle(nodes: (indices[lead...] + indices[..<lead]).map { nodes[$0] })
    }
}

private enum Visit { case new, open, done }

/// A set of small numbers, a bit each.
private struct Bits {
    private var words: [UInt64]

    init(count: Int) {
        words = [UInt64](repeating: 0, count: (count + 63) / 64)
    }

    func contains(_ number: Int) -> Bool { words[number / 64] & (1 << UInt64(number % 64)) != 0 }

    mutating func insert(_ number: Int) { words[number / 64] |= 1 << UInt64(number % 64) }

    mutating func formUnion(_ other: Bits) {
        for index in words.indices { words[index] |= other.words[index] }
    }
}
