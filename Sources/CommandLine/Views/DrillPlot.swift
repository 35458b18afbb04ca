import Operations

/// The timeline of one drill as SVG: writes in each tenth of a second, who took them, and what happened when.
///
/// Colours come from the page's style sheet, which knows light and dark.
struct DrillPlot {
    private let result: DrillResult
    private let hosts: [String]
    private let start: Duration
    private let end: Duration
    /// Each event's row among the labels: those of one row do not touch.
    private let lanes: [Int]

    private static let width = 1000.0
    private static let left = 46.0
    private static let right = 14.0
    private static let bars = 130.0
    private static let laneHeight = 17.0
    private static let hostHeight = 18.0
    private static let letter = 6.1
    private static let tenth: Duration = .milliseconds(100)

    /// - Parameter hosts: the database hosts, in the order of the inventory.
    init(_ result: DrillResult, hosts: [String]) {
        self.result = result
        self.hosts = hosts
        let times = result.client.answers.map(\.time) + result.events.map(\.time)
        start = times.min() ?? result.began
        let last = max(times.max() ?? result.began, result.figures.gap.upperBound)
        end = max(last, start + .seconds(1))
        var ends: [Double] = []
        var lanes: [Int] = []
        let span = (start, end)
        for event in result.events {
            let box = Self.label(event, in: span)
            let lane = ends.firstIndex { $0 + 8 < box.left } ?? ends.count
            if lane == ends.count { ends.append(0) }
            ends[lane] = box.left + box.width
            lanes.append(lane)
        }
        self.lanes = lanes
    }

    private var top: Double { Double((lanes.max() ?? 0) + 1) * Self.laneHeight + 8 }
    private var base: Double { top + Self.bars }
    private var hostsTop: Double { base + 30 }
    private var height: Double { hostsTop + Double(hosts.count) * Self.hostHeight + 6 }

    var svg: String {
        """
        <svg viewBox="0 0 \(Int(Self.width)) \(Int(height))" role="img" aria-label="\(title.escapedForHTML)">
        \(outage)\(axis)\(columns)\(servers)\(marks)</svg>

        """
    }

    private var title: String {
        "\(result.cast.fault.rawValue): rows acknowledged in each 0.1 s, an outage of \(result.figures.outage.text)"
    }

    // MARK: Places

    private static func x(_ time: Duration, in span: (start: Duration, end: Duration)) -> Double {
        left + (width - left - right) * ((time - span.start) / (span.end - span.start))
    }

    private func x(_ time: Duration) -> Double { Self.x(time, in: (start, end)) }

    private static func label(
        _ event: DrillResult.Event, in span: (start: Duration, end: Duration)
    ) -> (left: Double, width: Double) {
        let width = Double(event.words.count) * letter
        return (min(x(event.time, in: span) + 3, Self.width - width - 4), width)
    }

    /// With one digit.
    private func pixels(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(tenths % 10)"
    }

    private func rectangle(_ name: String, from: Double, to: Double, top: Double, height: Double) -> String {
        "<rect class=\"\(name)\" x=\"\(pixels(from))\" y=\"\(pixels(top))\" width=\"\(pixels(max(0.7, to - from)))\""
            + " height=\"\(pixels(height))\"/>\n"
    }

    private func text(_ words: String, _ x: Double, _ y: Double, anchor: String, name: String = "") -> String {
        let style = name.isEmpty ? "" : " class=\"\(name)\""
        return "<text\(style) x=\"\(pixels(x))\" y=\"\(pixels(y))\" text-anchor=\"\(anchor)\">"
            + "\(words.escapedForHTML)</text>\n"
    }

    // MARK: Parts

    private var outage: String {
        let gap = result.figures.gap
        return rectangle(
            "outage", from: x(gap.lowerBound), to: x(gap.upperBound), top: top, height: Self.bars)
    }

    /// Seconds from the fault on.
    private var axis: String {
        let seconds = (end - start) / Duration.seconds(1)
        let step = [1, 2, 5, 10, 20, 50, 100].first { seconds / Double($0) <= 16 } ?? 200
        var text = "<line class=\"axis\" x1=\"\(pixels(Self.left))\" x2=\"\(pixels(Self.width - Self.right))\""
        text += " y1=\"\(pixels(base))\" y2=\"\(pixels(base))\"/>\n"
        let first = Int(((start - result.began) / Duration.seconds(1)).rounded(.up))
        let last = Int(((end - result.began) / Duration.seconds(1)).rounded(.down))
        for second in first...max(first, last) where second % step == 0 {
            text += self.text(
                "\(second) s", x(result.began + .seconds(second)), base + 15, anchor: "middle", name: "small")
        }
        text += self.text(String(most), Self.left - 6, top + 9, anchor: "end", name: "small")
        return text + self.text("0", Self.left - 6, base, anchor: "end", name: "small")
    }

    private var counts: [Int: Int] {
        var counts: [Int: Int] = [:]
        for answer in result.client.answers {
            counts[Int((answer.time - start) / Self.tenth), default: 0] += 1
        }
        return counts
    }

    private var most: Int { max(1, counts.values.max() ?? 0) }

    private var columns: String {
        let most = Double(self.most)
        return counts.sorted { $0.key < $1.key }.map { tenth, count in
            let height = Self.bars * Double(count) / most
            let from = x(start + Self.tenth * tenth)
            return rectangle(
                "rows", from: from, to: from + (x(start + Self.tenth) - Self.left) * 0.86, top: base - height,
                height: height)
        }.joined()
    }

    /// A strip a host: when its own server took writes.
    private var servers: String {
        var text = ""
        for (index, host) in hosts.enumerated() {
            let y = hostsTop + Double(index) * Self.hostHeight
            text += self.text(host, Self.left - 6, y + 11, anchor: "end", name: "small")
            text += rectangle("strip", from: Self.left, to: Self.width - Self.right, top: y + 3, height: 9)
            for span in spans(of: host) {
                text += rectangle(
                    "took", from: max(Self.left, x(span.lowerBound)),
                    to: min(Self.width - Self.right, x(span.upperBound)), top: y + 3, height: 9)
            }
        }
        return text
    }

    /// Writes that followed each other without a pause.
    private func spans(of host: String) -> [ClosedRange<Duration>] {
        var spans: [ClosedRange<Duration>] = []
        for time in (result.probes[host]?.answers ?? []).map(\.time) where time >= start && time <= end {
            if let last = spans.last, time - last.upperBound < .seconds(1) {
                spans[spans.count - 1] = last.lowerBound...time
            } else {
                spans.append(time...time)
            }
        }
        return spans
    }

    /// Lines first, so that none runs over a label; the numbers of the axis stay free.
    private var marks: String {
        var lines = ""
        var labels = ""
        for (event, lane) in zip(result.events, lanes) {
            let y = Double(lane) * Self.laneHeight + 14
            lines += line(at: x(event.time), from: y - 10, to: base)
            lines += line(at: x(event.time), from: hostsTop, to: height - 4)
            labels += text(event.words, Self.label(event, in: (start, end)).left, y, anchor: "start", name: "label")
        }
        return lines + labels
    }

    private func line(at x: Double, from: Double, to: Double) -> String {
        "<line class=\"mark\" x1=\"\(pixels(x))\" x2=\"\(pixels(x))\" y1=\"\(pixels(from))\" y2=\"\(pixels(to))\"/>\n"
    }
}

extension String {
    /// Text for HTML's content and attributes.
    var escapedForHTML: String {
        var result = ""
        for character in self {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }
}
