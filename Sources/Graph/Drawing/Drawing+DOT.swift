extension Drawing {
    /// The drawing for Graphviz.
    ///
    /// - Source: graphviz.org, "DOT Language".
    package var dot: String {
        var text = "digraph \(Self.quoted(title)) {\n"
        text += "    label=\(Self.quoted(title)); labelloc=t; fontname=\"sans-serif\";\n"
        text += "    node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];\n"
        text += "    edge [color=\"#6b7280\", fontname=\"sans-serif\", fontsize=11];\n"
        for node in nodes {
            let label = Self.quoted(([node.title] + [node.subtitle].compactMap(\.self)).joined(separator: "\n"))
            let colours = "fillcolor=\"\(node.tone.fill)\", color=\"\(node.tone.line)\""
            text += "    \(Self.quoted(node.id)) [label=\(label), \(colours)];\n"
        }
        for (edge, from, to) in connections {
            var attributes: [String] = []
            if let label = edge.label { attributes.append("label=\(Self.quoted(label))") }
            if edge.style == .dashed { attributes.append("style=dashed") }
            let suffix = attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]"
            text += "    \(Self.quoted(nodes[from].id)) -> \(Self.quoted(nodes[to].id))\(suffix);\n"
        }
        return text + "}\n"
    }

    /// A backslash is doubled too: in a label it would begin an escape.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
