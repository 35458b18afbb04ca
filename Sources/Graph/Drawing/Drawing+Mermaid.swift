extension Drawing {
    /// The drawing for Mermaid, which Markdown viewers show in place.
    ///
    /// - Source: mermaid.js.org, "Flowcharts".
    package var mermaid: String {
        var text = "---\ntitle: \(Self.yamlQuoted(title))\n---\nflowchart TB\n"
        for (index, node) in nodes.enumerated() {
            let lines = [node.title] + [node.subtitle].compactMap(\.self)
            let label = lines.map(Self.escaped).joined(separator: "<br/>")
            text += "    n\(index)(\"\(label)\"):::\(node.tone)\n"
        }
        for (edge, from, to) in connections {
            let arrow = edge.style == .dashed ? "-.->" : "-->"
            let label = edge.label.map { "|\"\(Self.escaped($0))\"|" } ?? ""
            text += "    n\(from) \(arrow)\(label) n\(to)\n"
        }
        for tone in Tone.allCases where nodes.contains(where: { $0.tone == tone }) {
            text += "    classDef \(tone) fill:\(tone.fill),stroke:\(tone.line),color:#111827\n"
        }
        return text
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "#quot;"
            case "#", "<", ">", "&", "`", "\\", "\n": result += "#\(scalar.value);"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func yamlQuoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
