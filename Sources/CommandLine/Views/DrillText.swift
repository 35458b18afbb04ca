import Inventory
import Operations

/// Drills for people: what happens as it happens, and a table in the end.
struct DrillText: Sendable {
    /// The inventory's file, for the commands that are named.
    let inventory: String
    var style = Style.plain

    func begin(_ fault: DrillFault) -> String { style.paint(fault.rawValue, .bold) + "\n" }

    /// With the time since the fault: `+2.1 s  db2 is promoted`.
    func line(_ event: DrillResult.Event, _ since: Duration) -> String {
        let time = "+\(since.text)"
        return "  \(String(repeating: " ", count: max(0, 7 - time.count)))\(time)  \(event.words.visible)\n"
    }

    func table(_ results: [DrillResult]) -> String {
        let rows = results.map { result in
            [
                result.cast.fault.rawValue, result.cast.hitText, result.figures.outage.text,
                String(result.figures.acknowledged), String(result.figures.lost),
                result.isDoublePrimary ? "yes" : "never", result.rejoined ? "yes" : "no",
                result.passed ? "ok" : "FAILED",
            ]
        }
        return TextTable(
            header: ["FAULT", "HOST", "OUTAGE", "ACKNOWLEDGED", "LOST", "DOUBLE PRIMARY", "REJOINED", ""], rows: rows,
            numbers: [2, 3, 4]
        ).text(style)
    }

    /// What did not go as it should, and what the figures mean.
    func notes(_ results: [DrillResult]) -> String {
        var lines: [String] = []
        for result in results {
            let fault = result.cast.fault.rawValue
            lines += result.problems.map { "\(fault): \($0)" }
        }
        let away = results.filter { !$0.rejoined }.flatMap(\.cast.hits)
        var text = lines.map { "\(style.paint("problem:", .red)) \($0.visible)\n" }.joined()
        if let host = away.last {
            text += "`kumki status \(inventory)` shows the cluster as it is now; "
            text += "`kumki rejoin \(inventory) \(host)` or `kumki apply \(inventory)` goes on.\n"
        }
        if results.contains(where: { $0.figures.lost > 0 && !$0.isSynchronous }) {
            text += "Lost rows: no standby has to confirm a commit, so the inventory allows them.\n"
        }
        return text
    }
}
