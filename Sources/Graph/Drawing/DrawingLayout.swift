/// Where everything of a drawing stands, in pixels.
///
/// Nodes stand in rows: each below all that point to it, and in an order that crosses few arrows. Where an arrow passes
/// a row, or has a label, it takes up room there as a node would, so that nothing lies on anything else.
struct DrawingLayout {
    struct Point {
        var x: Double
        var y: Double
    }

    struct Box {
        var centre: Double
        var top: Double
        var width: Double
        var height: Double

        var bottom: Double { top + height }
        var left: Double { centre - width / 2 }
    }

    /// An arrow: a smooth line through some points, straight up and down at some of them.
    struct Route {
        var points: [(place: Point, isUpright: Bool)]
        /// The room for its label.
        var label: Box?
    }

    private(set) var boxes: [Box]
    private(set) var routes: [Route]
    private(set) var width: Double
    private(set) var height: Double

    static let margin = 24.0
    static let titleHeight = 40.0
    private static let nodeGap = 28.0
    private static let rowGap = 44.0

    init(_ drawing: Drawing) {
        let sizes = drawing.nodes.map(Self.size)
        let connections = drawing.connections
        boxes = sizes.map { Box(centre: 0, top: 0, width: $0.width, height: $0.height) }
        routes = []

        let connected = Set(connections.flatMap { [$0.from, $0.to] })
        var rows = DrawingRows(
            nodes: drawing.nodes.indices.filter(connected.contains), sizes: sizes,
            edges: connections.map { connection in
                (connection.from, connection.to, connection.edge.label.map(Self.labelSize))
            })
        rows.reduceCrossings()
        var centres = DrawingColumns(rows).centres
        let shift = Self.margin - (rows.leftmost(centres) ?? 0)
        centres = centres.map { $0 + shift }

        var bands: [(top: Double, bottom: Double)] = []
        var top = Self.margin + Self.titleHeight
        for row in rows.rows.indices {
            let height = rows.rows[row].map { rows.vertices[$0].height }.max() ?? 0
            bands.append((top, top + height))
            top += height + Self.gap(below: row, of: rows, centres)
        }

        func box(_ vertex: Int) -> Box {
            let vertex = (rows.vertices[vertex], centres[vertex])
            let band = bands[vertex.0.row]
            return Box(
                centre: vertex.1, top: (band.top + band.bottom - vertex.0.height) / 2, width: vertex.0.width,
                height: vertex.0.height)
        }
        for (vertex, content) in rows.vertices.enumerated() {
            if case .node(let index) = content.kind { boxes[index] = box(vertex) }
        }
        width = (rows.rightmost(centres) ?? 0) + Self.margin
        height = (bands.last?.bottom ?? Self.titleHeight) + Self.margin
        width = max(width, Lettering.width(drawing.title, size: 18, bold: true) + 2 * Self.margin)

        placeLoners(drawing.nodes.indices.filter { !connected.contains($0) })

        let ports = Ports(rows: rows, centres: centres)
        for edge in rows.paths.indices {
            var route = Route(points: [], label: nil)
            func upright(_ x: Double, _ ys: Double...) {
                route.points += ys.map { (Point(x: x, y: $0), true) }
            }
            for (position, vertex) in rows.paths[edge].enumerated() {
                let band = bands[rows.vertices[vertex].row]
                let place = box(vertex)
                switch rows.vertices[vertex].kind {
                case .node where position == 0: upright(place.centre + ports.leaving[edge], place.bottom, band.bottom)
                case .node: upright(place.centre + ports.arriving[edge], band.top, place.top)
                case .bend where rows.holdsNodes(rows.vertices[vertex].row):
                    upright(place.centre, band.top, band.bottom)
                case .bend, .label:
                    route.points.append((Point(x: place.centre, y: (band.top + band.bottom) / 2), false))
                    if case .label = rows.vertices[vertex].kind { route.label = place }
                }
            }
            if rows.isReversed[edge] { route.points.reverse() }
            routes.append(route)
        }
    }

    /// Nodes without an arrow stand in lines below the others.
    private mutating func placeLoners(_ loners: [Int]) {
        guard !loners.isEmpty else { return }
        let room = max(width - 2 * Self.margin, 900)
        var x = 0.0
        var top = height + (boxes.count == loners.count ? -Self.margin + 24 : 8)
        var lineHeight = 0.0
        for index in loners {
            if x > 0, x + boxes[index].width > room {
                x = 0
                top += lineHeight + Self.nodeGap
                lineHeight = 0
            }
            boxes[index].centre = Self.margin + x + boxes[index].width / 2
            boxes[index].top = top
            x += boxes[index].width + Self.nodeGap
            lineHeight = max(lineHeight, boxes[index].height)
            width = max(width, x - Self.nodeGap + 2 * Self.margin)
        }
        height = top + lineHeight + Self.margin
    }

    /// The farther an arrow goes sideways, the more height it gets, so that curves stay apart.
    private static func gap(below row: Int, of rows: DrawingRows, _ centres: [Double]) -> Double {
        var farthest = 0.0
        for vertex in rows.rows[row] {
            for next in rows.below[vertex] { farthest = max(farthest, abs(centres[vertex] - centres[next])) }
        }
        return (rows.hasLabels ? rowGap * 0.7 : rowGap) + min(90, farthest / 10)
    }

    private static func size(of node: Drawing.Node) -> (width: Double, height: Double) {
        let title = Lettering.width(Lettering.shortened(node.title), size: 14, bold: true)
        let subtitle = node.subtitle.map { Lettering.width(Lettering.shortened($0), size: 12) } ?? 0
        return (max(72, max(title, subtitle) + 28), node.subtitle == nil ? 36 : 52)
    }

    private static func labelSize(of label: String) -> (width: Double, height: Double) {
        (Lettering.width(Lettering.shortened(label), size: 11) + 14, 18)
    }
}

/// Where on a node's edge its arrows begin and end, as distances from its centre.
private struct Ports {
    var leaving: [Double]
    var arriving: [Double]

    init(rows: DrawingRows, centres: [Double]) {
        leaving = Array(repeating: 0, count: rows.paths.count)
        arriving = leaving
        var down: [Int: [Int]] = [:]
        var up: [Int: [Int]] = [:]
        for (edge, path) in rows.paths.enumerated() {
            if let first = path.first { down[first, default: []].append(edge) }
            if let last = path.last { up[last, default: []].append(edge) }
        }
        for (vertex, edges) in down {
            let sorted = edges.sorted { (centres[rows.paths[$0][1]], $0) < (centres[rows.paths[$1][1]], $1) }
            for (edge, place) in zip(sorted, Self.spread(sorted.count, over: rows.vertices[vertex].width)) {
                leaving[edge] = place
            }
        }
        for (vertex, edges) in up {
            let before = { (edge: Int) in centres[rows.paths[edge][rows.paths[edge].count - 2]] }
            let sorted = edges.sorted { (before($0), $0) < (before($1), $1) }
            for (edge, place) in zip(sorted, Self.spread(sorted.count, over: rows.vertices[vertex].width)) {
                arriving[edge] = place
            }
        }
    }

    private static func spread(_ count: Int, over width: Double) -> [Double] {
        let step = min(18, (width - 24) / Double(max(1, count)))
        return (0..<count).map { (Double($0) - Double(count - 1) / 2) * step }
    }
}
