import Graph
import Testing

@Suite struct DrawingTests {
    private let small = Drawing(
        title: "shop \"test\"",
        nodes: [
            Drawing.Node(id: "db1", title: "db1", subtitle: "primary", tone: .blue),
            Drawing.Node(id: "db2", title: "db2 <#1>", tone: .green),
        ],
        edges: [
            Drawing.Edge(from: "db1", to: "db2", label: "a|b", style: .dashed), Drawing.Edge(from: "db2", to: "db9"),
        ])

    @Test("DOT text")
    func dot() {
        #expect(
            small.dot == """
                digraph "shop \\"test\\"" {
                    label="shop \\"test\\""; labelloc=t; fontname="sans-serif";
                    node [shape=box, style="rounded,filled", fontname="sans-serif"];
                    edge [color="#6b7280", fontname="sans-serif", fontsize=11];
                    "db1" [label="db1\\nprimary", fillcolor="#dbeafe", color="#3b82f6"];
                    "db2" [label="db2 <#1>", fillcolor="#dcfce7", color="#22a35a"];
                    "db1" -> "db2" [label="a|b", style=dashed];
                }

                """)
    }

    @Test("Mermaid text")
    func mermaid() {
        #expect(
            small.mermaid == """
                ---
                title: "shop \\"test\\""
                ---
                flowchart TB
                    n0("db1<br/>primary"):::blue
                    n1("db2 #60;#35;1#62;"):::green
                    n0 -.->|"a|b"| n1
                    classDef blue fill:#dbeafe,stroke:#3b82f6,color:#111827
                    classDef green fill:#dcfce7,stroke:#22a35a,color:#111827

                """)
    }

    @Test("the same drawing gives the same bytes", arguments: DrawingExamples.all)
    func deterministic(drawing: Drawing) {
        #expect(drawing.svg == drawing.svg)
        #expect(drawing.dot == drawing.dot)
    }

    @Test("in a picture no box or label lies on another, and all are inside", arguments: DrawingExamples.all)
    func apart(drawing: Drawing) throws {
        let picture = try Picture(drawing.svg)
        let drawn = drawing.edges.filter { edge in
            edge.from != edge.to && drawing.nodes.contains { $0.id == edge.to }
        }
        #expect(picture.boxes.count == drawing.nodes.count)
        #expect(picture.lines.count == drawn.count)
        #expect(picture.labels.count == drawn.count { $0.label != nil })
        let all = picture.boxes + picture.labels
        for (index, one) in all.enumerated() {
            #expect(one.left >= 0 && one.top >= 0 && one.right <= picture.width && one.bottom <= picture.height)
            for other in all[(index + 1)...] { #expect(!one.overlaps(other)) }
        }
    }

    @Test("in a picture no arrow runs through a box, and each ends at one", arguments: DrawingExamples.all)
    func arrows(drawing: Drawing) throws {
        let picture = try Picture(drawing.svg)
        for line in picture.lines {
            for point in line {
                #expect(!picture.boxes.contains { $0.holds(point) }, "\(point)")
            }
            for end in [line.first, line.last].compactMap(\.self) {
                #expect(picture.boxes.contains { $0.touches(end) }, "\(end)")
            }
        }
    }

    @Test("text in a picture is escaped, and shortened where it is long")
    func text() {
        let svg = DrawingExamples.awkward.svg
        #expect(!svg.contains("<script>"))
        #expect(svg.contains("&lt;script&gt;"))
        #expect(!svg.contains("\u{1}"))
        #expect(svg.contains("wide wid…</text>"))
    }
}

/// What a drawing's SVG shows, read back from its text.
private struct Picture {
    struct Point {
        var x: Double
        var y: Double
    }

    struct Box {
        var left, top, right, bottom: Double

        func overlaps(_ other: Box) -> Bool {
            left < other.right && other.left < right && top < other.bottom && other.top < bottom
        }

        /// Well inside: coordinates are rounded to a tenth.
        func holds(_ point: Point) -> Bool {
            point.x > left + 0.2 && point.x < right - 0.2 && point.y > top + 0.2 && point.y < bottom - 0.2
        }

        func touches(_ point: Point) -> Bool {
            point.x >= left && point.x <= right && min(abs(point.y - top), abs(point.y - bottom)) < 0.2
        }
    }

    var width = 0.0
    var height = 0.0
    var boxes: [Box] = []
    var labels: [Box] = []
    /// Points along each arrow, close together.
    var lines: [[Point]] = []

    init(_ svg: String) throws {
        let size = try #require(svg.firstMatch(of: /viewBox="0 0 ([\d.]+) ([\d.]+)"/))
        width = try number(size.1)
        height = try number(size.2)
        for match in svg.matches(of: /<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" rx="(\d)"/) {
            let (left, top) = (try number(match.1), try number(match.2))
            let box = Box(
                left: left, top: top, right: left + (try number(match.3)), bottom: top + (try number(match.4)))
            if match.5 == "7" { boxes.append(box) } else { labels.append(box) }
        }
        for match in svg.matches(of: /<path d="([^"]+)" fill="none"/) { lines.append(try Self.points(match.1)) }
    }

    private static func points(_ path: Substring) throws -> [Point] {
        var points: [Point] = []
        for part in path.matches(of: /([MCV])([\d., -]+)/) {
            let numbers = try part.2.split { $0 == "," || $0 == " " }.map(number)
            let last = points.last ?? Point(x: 0, y: 0)
            switch part.1 {
            case "M": points.append(Point(x: numbers[0], y: numbers[1]))
            case "V":
                for step in 1...20 {
                    points.append(Point(x: last.x, y: last.y + (numbers[0] - last.y) * Double(step) / 20))
                }
            default:
                for step in 1...20 {
                    let (t, u) = (Double(step) / 20, 1 - Double(step) / 20)
                    func at(_ start: Double, _ index: Int) -> Double {
                        u * u * u * start + 3 * u * u * t * numbers[index] + 3 * u * t * t * numbers[index + 2]
                            + t * t * t * numbers[index + 4]
                    }
                    points.append(Point(x: at(last.x, 0), y: at(last.y, 1)))
                }
            }
        }
        return points
    }
}

private func number(_ text: Substring) throws -> Double { try #require(Double(text)) }
