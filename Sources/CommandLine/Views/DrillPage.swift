import FoundationEssentials
import Operations

/// Drills as one HTML page that needs nothing else: no script, no font, no picture from elsewhere.
struct DrillPage {
    let cluster: String
    /// The database hosts, in the order of the inventory.
    let hosts: [String]
    let results: [DrillResult]

    var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Drills of \(cluster.escapedForHTML)</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <h1>Drills of \(cluster.escapedForHTML)</h1>
        <p class="quiet">\(date)A client wrote throughout; every node was read afterwards.</p>
        \(table)\(results.map(section).joined())<p class="quiet">Bars: rows acknowledged in each tenth of a second; \
        shaded: the outage. Strips: when a host's own server took writes, asked on the host itself. Seconds count from the fault.</p>
        </body>
        </html>

        """
    }

    private var date: String {
        guard let began = results.first?.began else { return "" }
        let date = Date(timeIntervalSince1970: began / Duration.seconds(1))
        let text = date.formatted(Date.ISO8601FormatStyle(dateTimeSeparator: .space)).dropLast()
        return "\(text) UTC. "
    }

    private var table: String {
        let head = ["Fault", "Host", "Outage", "Acknowledged", "Lost", "Double primary", "Rejoined", ""]
        var text = "<table>\n<tr>\(head.map { "<th>\($0)</th>" }.joined())</tr>\n"
        for result in results {
            let cells = [
                result.cast.fault.rawValue, result.cast.hitText, result.figures.outage.text,
                String(result.figures.acknowledged), String(result.figures.lost),
                result.isDoublePrimary ? "yes" : "never", result.rejoined ? "yes" : "no",
            ]
            text += "<tr>\(cells.map { "<td>\($0.escapedForHTML)</td>" }.joined())<td>\(verdict(result))</td></tr>\n"
        }
        return text + "</table>\n"
    }

    private func verdict(_ result: DrillResult) -> String {
        result.passed ? "<b class=\"good\">ok</b>" : "<b class=\"bad\">failed</b>"
    }

    private func section(_ result: DrillResult) -> String {
        var text = "<section>\n<h2>\(result.cast.fault.rawValue) \(verdict(result))</h2>\n"
        text += "<p>\(result.cast.fault.words(on: result.cast.hitText).escapedForHTML): "
        text += "no row was acknowledged for \(result.figures.outage.text).</p>\n"
        for trouble in result.problems {
            text += "<p class=\"bad\">\(trouble.escapedForHTML)</p>\n"
        }
        if result.figures.lost > 0, !result.isSynchronous {
            text += "<p>No standby has to confirm a commit, so the inventory allows the lost rows.</p>\n"
        }
        return text + DrillPlot(result, hosts: hosts).svg + "</section>\n"
    }

    private static let style = """
        :root { color-scheme: light dark; --ground: #ffffff; --ink: #1f2937; --quiet: #6b7280; --line: #d1d5db;
          --rows: #2563eb; --took: #0f766e; --outage: #fee2e2; --good: #15803d; --bad: #b91c1c; --panel: #f8fafc; }
        @media (prefers-color-scheme: dark) { :root { --ground: #0f172a; --ink: #e5e7eb; --quiet: #9ca3af;
          --line: #374151; --rows: #60a5fa; --took: #2dd4bf; --outage: #451a1a; --good: #4ade80; --bad: #f87171;
          --panel: #131c31; } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); max-width: 1040px;
          margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 0; } p { margin: .3rem 0 .8rem; }
        .quiet { color: var(--quiet); } .good { color: var(--good); } .bad { color: var(--bad); }
        table { border-collapse: collapse; margin: 1rem 0 1.5rem; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { text-align: left; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--line); }
        th { color: var(--quiet); font-weight: 500; } td:nth-child(n+3):nth-child(-n+5) { text-align: right; }
        th:nth-child(n+3):nth-child(-n+5) { text-align: right; }
        :is(th, td):nth-child(6) { padding-left: 1.5rem; }
        section { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 1rem;
          margin: 0 0 1.2rem; }
        svg { width: 100%; height: auto; display: block; font-size: 11px; }
        svg text { fill: var(--ink); } svg .small { fill: var(--quiet); }
        svg .label { paint-order: stroke; stroke: var(--panel); stroke-width: 4px; }
        .rows { fill: var(--rows); } .took { fill: var(--took); } .strip { fill: var(--line); fill-opacity: .45; }
        .outage { fill: var(--outage); } .axis { stroke: var(--line); }
        .mark { stroke: var(--quiet); stroke-dasharray: 3 3; }
        """
}
