/// A drawing's nodes in rows, with a stand-in in every row that an arrow passes.
struct DrawingRows {
    enum Kind {
        case node(Int)
        case bend
        case label
    }

    struct Vertex {
        var kind: Kind
        var row: Int
        var width: Double
        var height: Double
    }

    private(set) var vertices: [Vertex] = []
    /// From left to right.
    private(set) var rows: [[Int]] = []
    private(set) var above: [[Int]] = []
    private(set) var below: [[Int]] = []
    /// For each edge the vertices that it passes, from the top.
    private(set) var paths: [[Int]] = []
    /// Whether an edge points up, against a cycle.
    private(set) var isReversed: [Bool] = []
    let hasLabels: Bool

    typealias Size = (width: Double, height: Double)

    /// - Parameters:
    ///   - nodes: the nodes that stand in rows, in the drawing's order.
    ///   - sizes: of all nodes of the drawing.
    ///   - edges: with the size of each one's label.
    init(nodes: [Int], sizes: [Size], edges: [(from: Int, to: Int, label: Size?)]) {
        hasLabels = edges.contains { $0.label != nil }
        let ranks = Self.ranks(of: nodes, edges: edges.map { ($0.from, $0.to) })
        isReversed = edges.map { ranks[$0.from, default: 0] >= ranks[$0.to, default: 0] }
        // A label has a row of its own between two rows of nodes.
        let scale = hasLabels ? 2 : 1
        var vertexOfNode: [Int: Int] = [:]
        for node in nodes {
            vertexOfNode[node] = add(.node(node), row: ranks[node, default: 0] * scale, size: sizes[node])
        }
        for (edge, reversed) in zip(edges, isReversed) {
            let (upper, lower) = reversed ? (edge.to, edge.from) : (edge.from, edge.to)
            guard let first = vertexOfNode[upper], let last = vertexOfNode[lower] else { continue }
            var path = [first]
            var row = vertices[first].row + 1
            while row < vertices[last].row {
                if let label = edge.label, row == vertices[last].row - 1 {
                    path.append(add(.label, row: row, size: label))
                } else {
                    path.append(add(.bend, row: row, size: (6, 0)))
                }
                row += 1
            }
            path.append(last)
            for (upper, lower) in zip(path, path.dropFirst()) {
                below[upper].append(lower)
                above[lower].append(upper)
            }
            paths.append(path)
        }
        order(from: nodes.compactMap { vertexOfNode[$0] })
    }

    /// False for a row that only arrows and their labels pass.
    func holdsNodes(_ row: Int) -> Bool { !hasLabels || row.isMultiple(of: 2) }

    func leftmost(_ centres: [Double]) -> Double? {
        vertices.indices.map { centres[$0] - vertices[$0].width / 2 }.min()
    }

    func rightmost(_ centres: [Double]) -> Double? {
        vertices.indices.map { centres[$0] + vertices[$0].width / 2 }.max()
    }

    private mutating func add(_ kind: Kind, row: Int, size: Size) -> Int {
        vertices.append(Vertex(kind: kind, row: row, width: size.width, height: size.height))
        above.append([])
        below.append([])
        return vertices.count - 1
    }

    /// Each node one row below the lowest that points to it; a node that nothing points to, just above what it points to.
    private static func ranks(of nodes: [Int], edges: [(from: Int, to: Int)]) -> [Int: Int] {
        var graph = DirectedGraph(nodes)
        for edge in edges { graph.connect(edge.from, to: edge.to) }
        let order = (try? graph.order()) ?? withoutCycles(&graph, edges)
        var ranks: [Int: Int] = [:]
        for node in order {
            ranks[node] = (graph.predecessors(of: node).compactMap { ranks[$0] }.max() ?? -1) + 1
        }
        for node in order.reversed() where graph.predecessors(of: node).isEmpty {
            guard let nearest = graph.successors(of: node).compactMap({ ranks[$0] }).min() else { continue }
            ranks[node] = nearest - 1
        }
        return ranks
    }

    /// Leaves out each edge that would close a cycle with those before it.
    private static func withoutCycles(
        _ graph: inout DirectedGraph<Int>, _ edges: [(from: Int, to: Int)]
    ) -> [Int] {
        let nodes = graph.nodes
        graph = DirectedGraph(nodes)
        for edge in edges where !graph.descendants(of: edge.to).contains(edge.from) {
            graph.connect(edge.from, to: edge.to)
        }
        return (try? graph.order()) ?? nodes
    }

    /// A first order: what hangs together stands together.
    private mutating func order(from start: [Int]) {
        rows = Array(repeating: [], count: (vertices.map(\.row).max() ?? -1) + 1)
        var seen: Set<Int> = []
        for root in start.sorted(by: { (vertices[$0].row, $0) < (vertices[$1].row, $1) }) {
            var waiting = [root]
            while let vertex = waiting.popLast() {
                guard seen.insert(vertex).inserted else { continue }
                rows[vertices[vertex].row].append(vertex)
                waiting += below[vertex].reversed()
            }
        }
    }
}

extension DrawingRows {
    /// Sorts each row by where its neighbours stand, up and down in turn, and keeps the order with the fewest crossings.
    mutating func reduceCrossings() {
        var best = rows
        var fewest = crossings
        for sweep in 0..<24 where fewest > 0 {
            let goesDown = sweep.isMultiple(of: 2)
            for row in goesDown ? Array(rows.indices) : rows.indices.reversed() {
                sort(row, by: goesDown ? above : below)
            }
            swapNeighbours()
            let now = crossings
            if now < fewest { (best, fewest) = (rows, now) }
        }
        rows = best
    }

    private mutating func sort(_ row: Int, by neighbours: [[Int]]) {
        let places = places
        let wanted = rows[row].enumerated().map { position, vertex in
            let next = neighbours[vertex]
            let mean = next.isEmpty ? Double(position) : Double(next.reduce(0) { $0 + places[$1] }) / Double(next.count)
            return (mean, position, vertex)
        }
        rows[row] = wanted.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }

    /// Swaps two that stand side by side as long as that undoes a crossing.
    private mutating func swapNeighbours() {
        let places = places
        for row in rows.indices {
            var improved = true
            var rounds = 0
            while improved, rounds < 8 {
                improved = false
                rounds += 1
                for position in rows[row].indices.dropLast() {
                    let (left, right) = (rows[row][position], rows[row][position + 1])
                    let kept = crossings(left, right, above, places) + crossings(left, right, below, places)
                    let swapped = crossings(right, left, above, places) + crossings(right, left, below, places)
                    if swapped < kept {
                        rows[row].swapAt(position, position + 1)
                        improved = true
                    }
                }
            }
        }
    }

    private func crossings(_ left: Int, _ right: Int, _ neighbours: [[Int]], _ places: [Int]) -> Int {
        neighbours[left].reduce(0) { sum, first in
            sum + neighbours[right].count { places[$0] < places[first] }
        }
    }

    private var places: [Int] {
        var places = Array(repeating: 0, count: vertices.count)
        for row in rows {
            for (position, vertex) in row.enumerated() { places[vertex] = position }
        }
        return places
    }

    /// How many pairs of arrows cross, counted between each row and the next.
    private var crossings: Int {
        let places = places
        return rows.reduce(0) { sum, row in
            let ends = row.flatMap { below[$0].map { places[$0] }.sorted() }
            // Every end that stands left of an earlier one is a crossing; a Fenwick tree counts them.
            var tree = Array(repeating: 0, count: (ends.max() ?? 0) + 2)
            var found = 0
            for (count, end) in ends.enumerated() {
                var index = end + 1
                var notRight = 0
                while index > 0 {
                    notRight += tree[index]
                    index -= index & -index
                }
                found += count - notRight
                index = end + 1
                while index < tree.count {
                    tree[index] += 1
                    index += index & -index
                }
            }
            return sum + found
        }
    }
}
