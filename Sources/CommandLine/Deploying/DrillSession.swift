import Diagnostics
import Graph
import Inventory
import Operations

/// Drills with a person or a program in front of them: the question, the views and Ctrl-C.
struct DrillSession: Sendable {
    let workspace: Workspace
    /// Nil is all that are possible.
    let faults: [DrillFault]?
    let consent: DrillConsent
    let parallel: Int
    let format: OutputFormat
    /// A file for the report as HTML.
    let report: String?
    let console: Console

    /// The exit code.
    ///
    /// - Throws: as ``Drill/run()``, where the first drill could not begin.
    func run() async throws -> Int32 {
        let inventory = workspace.inventory
        let engine = inventory.ha.engine
        let possible = DrillFault.faults(in: inventory)
        let faults = self.faults ?? possible
        if let fault = faults.first(where: { !possible.contains($0) }) {
            throw Diagnostic.error(
                "drill.engine",
                engine == .pgpool
                    ? "\(fault.rawValue): here the last voter goes on alone"
                    : "\(fault.rawValue) needs a watchdog, and ha.engine is \(engine.rawValue)",
                hint: "`kumki drill INVENTORY all` does all that is possible here")
        }
        let power = await DrillPower.find(for: inventory)
        guard try await consent.isGiven(to: faults, in: inventory, isLab: power.isLab) else {
            console.tell("Nothing was done.\n")
            return 1
        }
        let stream = format == .json ? TextStream.errors : TextStream.output
        let text = DrillText(
            inventory: inventory.file, style: format == .json ? console.errorStyle : console.style)
        let watch = InterruptWatch { console.tell($0 + "\n") }
        var results: [DrillResult] = []
        var failure: (any Error)?
        for fault in faults where failure == nil && !watch.stop.isRequested {
            stream.write(text.begin(fault))
            watch.stepsRun(true)
            do {
                results.append(try await drill(fault, power, watch.stop, stream, text).run())
            } catch {
                if results.isEmpty { throw error }
                failure = error
            }
            watch.stepsRun(false)
        }
        try show(results, of: faults.count, stream, text)
        if let failure { throw failure }
        return results.count == faults.count && results.allSatisfy(\.passed) ? 0 : 2
    }

    private func drill(
        _ fault: DrillFault, _ power: DrillPower, _ stop: StopSignal, _ stream: TextStream, _ text: DrillText
    ) -> Drill {
        Drill(
            workspace: workspace, fault: fault, power: power, parallel: parallel, stop: stop, console: console,
            say: { stream.write(text.line($0, $1)) })
    }

    private func show(_ results: [DrillResult], of count: Int, _ stream: TextStream, _ text: DrillText) throws {
        stream.write("\n" + text.table(results) + text.notes(results))
        if format == .json {
            let payloads = results.map { DrillPayload($0) }
            console.print(
                count == 1 && payloads.count == 1
                    ? JSONDocument.text(of: payloads[0]) : JSONDocument.text(of: payloads))
        }
        guard let report else { return }
        let inventory = workspace.inventory
        let page = DrillPage(
            cluster: inventory.cluster, hosts: inventory.databaseHosts.map(\.name), results: results)
        try LocalFile.write(page.html, to: report)
    }
}
