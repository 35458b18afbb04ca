extension Drawing {
    /// The drawing as a picture that needs nothing else: no script, no font, no style sheet.
    ///
    /// - Source: W3C, "Scalable Vector Graphics (SVG) 1.1".
    package var svg: String {
        let layout = DrawingLayout(self)
        let (width, height) = (pixels(layout.width), pixels(layout.height))
        var svg = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
            font-family="Helvetica, Arial, 'Liberation Sans', sans-serif">
            <title>\(escaped(title))</title>
            <defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">\
            <path d="M0,1 L10,5 L0,9 z" fill="#6b7280"/></marker></defs>
            <rect width="100%" height="100%" fill="#ffffff"/>
            <text x="\(pixels(DrawingLayout.margin))" y="38" font-size="18" font-weight="bold" fill="#111827">\
            \(escaped(title))</text>

            """
        for (connection, route) in zip(connections, layout.routes) { svg += arrow(connection.edge, route) }
        for (node, box) in zip(nodes, layout.boxes) { svg += picture(of: node, box) }
        // Last, so that no arrow runs over a label.
        for (connection, route) in zip(connections, layout.routes) { svg += label(connection.edge, route) }
        return svg + "</svg>\n"
    }

    private func picture(of node: Node, _ box: DrawingLayout.Box) -> String {
        let centre = pixels(box.centre)
        let titleLine = node.subtitle == nil ? box.top + 23 : box.top + 22
        var svg =
            "<g><title>\(escaped(([node.title] + [node.subtitle].compactMap(\.self)).joined(separator: "\n")))</title>"
        svg += "<rect x=\"\(pixels(box.left))\" y=\"\(pixels(box.top))\" width=\"\(pixels(box.width))\""
        svg += " height=\"\(pixels(box.height))\" rx=\"7\" fill=\"\(node.tone.fill)\" stroke=\"\(node.tone.line)\""
        svg += " stroke-width=\"1.5\"/>"
        svg += text(Lettering.shortened(node.title), centre, titleLine, size: 14, colour: "#111827", weight: "bold")
        if let subtitle = node.subtitle {
            svg += text(Lettering.shortened(subtitle), centre, box.top + 40, size: 12, colour: "#4b5563")
        }
        return svg + "</g>\n"
    }

    private func arrow(_ edge: Edge, _ route: DrawingLayout.Route) -> String {
        guard let first = route.points.first else { return "" }
        var path = "M\(pixels(first.place.x)),\(pixels(first.place.y))"
        for index in route.points.indices.dropFirst() {
            let (start, end) = (route.points[index - 1].place, route.points[index].place)
            let (leaving, arriving) = (route.slope(at: index - 1), route.slope(at: index))
            if start.x == end.x, start.y == end.y { continue }
            if start.x == end.x, leaving == 0, arriving == 0 {
                path += " V\(pixels(end.y))"
                continue
            }
            let third = (end.y - start.y) / 3
            path += " C\(pixels(start.x + leaving * third)),\(pixels(start.y + third))"
            path += " \(pixels(end.x - arriving * third)),\(pixels(end.y - third))"
            path += " \(pixels(end.x)),\(pixels(end.y))"
        }
        let dashes = edge.style == .dashed ? " stroke-dasharray=\"6 4\"" : ""
        return "<path d=\"\(path)\" fill=\"none\" stroke=\"#6b7280\" stroke-width=\"1.4\"\(dashes)"
            + " marker-end=\"url(#arrow)\"/>\n"
    }

    private func label(_ edge: Edge, _ route: DrawingLayout.Route) -> String {
        guard let label = edge.label, let box = route.label else { return "" }
        let ground =
            "<rect x=\"\(pixels(box.left))\" y=\"\(pixels(box.top))\" width=\"\(pixels(box.width))\""
            + " height=\"\(pixels(box.height))\" rx=\"4\" fill=\"#ffffff\" fill-opacity=\"0.92\"/>"
        return ground
            + text(Lettering.shortened(label), pixels(box.centre), box.top + 13, size: 11, colour: "#374151") + "\n"
    }

    private func text(
        _ text: String, _ centre: String, _ line: Double, size: Int, colour: String, weight: String? = nil
    ) -> String {
        let weight = weight.map { " font-weight=\"\($0)\"" } ?? ""
        return "<text x=\"\(centre)\" y=\"\(pixels(line))\" text-anchor=\"middle\" font-size=\"\(size)\""
            + " fill=\"\(colour)\"\(weight)>\(escaped(text))</text>"
    }

    /// With one digit after the point, and none where it would be 0.
    private func pixels(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let (whole, part) = (abs(tenths) / 10, abs(tenths) % 10)
        return part == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(part)"
    }

    /// Characters that XML can't hold become U+FFFD.
    private func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
            case "\0"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension DrawingLayout.Route {
    /// How far the line goes sideways for each step down; gentle enough that it never swings past its next point.
    ///
    /// - Source: F. N. Fritsch and R. E. Carlson, "Monotone Piecewise Cubic Interpolation", 1980.
    fileprivate func slope(at index: Int) -> Double {
        guard !points[index].isUpright, index > 0, index + 1 < points.count else { return 0 }
        let before = slope(from: points[index - 1].place, to: points[index].place)
        let after = slope(from: points[index].place, to: points[index + 1].place)
        guard before * after > 0 else { return 0 }
        return (before < 0 ? -1 : 1) * min(abs(before + after) / 2, 3 * abs(before), 3 * abs(after))
    }

    private func slope(from start: DrawingLayout.Point, to end: DrawingLayout.Point) -> Double {
        end.y == start.y ? 0 : (end.x - start.x) / (end.y - start.y)
    }
}
