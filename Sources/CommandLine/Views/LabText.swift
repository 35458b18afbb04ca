import Lab

/// What `lab up` and `lab down` did, host by host.
enum LabText {
    static func of(_ report: LabReport, _ console: Console) -> String {
        for warning in report.warnings { console.tell("warning: \(warning)\n") }
        if report.hosts.isEmpty { return "lab \(report.cluster): nothing was there\n" }
        let rows = report.hosts.map { line in
            [line.host, line.address ?? "", line.change.rawValue + (line.reason.map { ": \($0)" } ?? "")]
        }
        return TextTable(header: [], rows: rows).text(console.style)
    }
}
