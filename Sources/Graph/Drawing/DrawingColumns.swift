/// Where the vertices of a drawing's rows stand from left to right.
///
/// Each wants to stand in the middle of its neighbours. In a row the best places that keep the order and the distances
/// are a weighted isotonic regression, which merging neighbours that are too close solves exactly.
struct DrawingColumns {
    private(set) var centres: [Double]
    private let drawing: DrawingRows

    init(_ drawing: DrawingRows) {
        self.drawing = drawing
        centres = Array(repeating: 0, count: drawing.vertices.count)
        for row in drawing.rows { place(row) { _ in [] } }
        for round in 0..<60 {
            let goesDown = round.isMultiple(of: 2)
            for row in goesDown ? drawing.rows : drawing.rows.reversed() {
                place(row) { goesDown ? drawing.above[$0] : drawing.below[$0] }
            }
        }
        for row in drawing.rows { place(row) { drawing.above[$0] + drawing.below[$0] } }
    }

    private mutating func place(_ row: [Int], by neighbours: (Int) -> [Int]) {
        struct Block {
            var position: Double
            var weight: Double
            var count: Int
        }
        var blocks: [Block] = []
        var offsets: [Double] = []
        var offset = 0.0
        for (index, vertex) in row.enumerated() {
            if index > 0 { offset += distance(row[index - 1], vertex) }
            offsets.append(offset)
            var weight = 0.01
            var sum = weight * centres[vertex]
            for neighbour in neighbours(vertex) {
                let pull = pull(vertex, neighbour)
                weight += pull
                sum += pull * centres[neighbour]
            }
            blocks.append(Block(position: sum / weight - offset, weight: weight, count: 1))
            while blocks.count > 1, blocks[blocks.count - 2].position > blocks[blocks.count - 1].position {
                let right = blocks.removeLast()
                let left = blocks.removeLast()
                let weight = left.weight + right.weight
                blocks.append(
                    Block(
                        position: (left.position * left.weight + right.position * right.weight) / weight,
                        weight: weight, count: left.count + right.count))
            }
        }
        let positions = blocks.flatMap { Array(repeating: $0.position, count: $0.count) }
        for (index, vertex) in row.enumerated() { centres[vertex] = positions[index] + offsets[index] }
    }

    private func distance(_ left: Int, _ right: Int) -> Double {
        let (left, right) = (drawing.vertices[left], drawing.vertices[right])
        let gap = isNode(left) && isNode(right) ? 28.0 : 14.0
        return (left.width + right.width) / 2 + gap
    }

    /// A long arrow should be straight before a node stands in the very middle.
    private func pull(_ first: Int, _ second: Int) -> Double {
        switch (isNode(drawing.vertices[first]), isNode(drawing.vertices[second])) {
        case (true, true): 1
        case (false, false): 30
        default: 2
        }
    }

    private func isNode(_ vertex: DrawingRows.Vertex) -> Bool {
        if case .node = vertex.kind { true } else { false }
    }
}
