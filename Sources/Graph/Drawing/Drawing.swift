/// Boxes and arrows, before anything is said about how they are drawn.
///
/// Boxes and arrows come out in the order in which they stand here; the same drawing gives the same bytes.
package struct Drawing: Hashable, Sendable {
    package struct Node: Hashable, Sendable {
        package var id: String
        package var title: String
        package var subtitle: String?
        package var tone: Tone

        package init(id: String, title: String, subtitle: String? = nil, tone: Tone = .grey) {
            self.id = id
            self.title = title
            self.subtitle = subtitle
            self.tone = tone
        }
    }

    /// An arrow between two nodes; one to itself, or to a node that is not there, is left out.
    package struct Edge: Hashable, Sendable {
        package enum Style: String, Hashable, Sendable {
            case solid, dashed
        }

        package var from: String
        package var to: String
        package var label: String?
        package var style: Style

        package init(from: String, to: String, label: String? = nil, style: Style = .solid) {
            self.from = from
            self.to = to
            self.label = label
            self.style = style
        }
    }

    /// A light colour with a darker line of the same kind.
    package enum Tone: String, CaseIterable, Hashable, Sendable {
        case grey, blue, green, amber, violet, red

        var fill: String {
            switch self {
            case .grey: "#f3f4f6"
            case .blue: "#dbeafe"
            case .green: "#dcfce7"
            case .amber: "#fef3c7"
            case .violet: "#ede9fe"
            case .red: "#fee2e2"
            }
        }

        var line: String {
            switch self {
            case .grey: "#9ca3af"
            case .blue: "#3b82f6"
            case .green: "#22a35a"
            case .amber: "#d99a1c"
            case .violet: "#8b6fd6"
            case .red: "#dc5050"
            }
        }
    }

    /// Stands above the drawing.
    package var title: String
    package var nodes: [Node]
    package var edges: [Edge]

    package init(title: String, nodes: [Node], edges: [Edge]) {
        self.title = title
        self.nodes = nodes
        self.edges = edges
    }

    /// The edges that are drawn, by the positions of their nodes; of equal ids the first counts.
    var connections: [(edge: Edge, from: Int, to: Int)] {
        let indices = Dictionary(nodes.enumerated().map { ($1.id, $0) }) { first, _ in first }
        return edges.compactMap { edge in
            guard let from = indices[edge.from], let to = indices[edge.to], from != to else { return nil }
            return (edge, from, to)
        }
    }
}
