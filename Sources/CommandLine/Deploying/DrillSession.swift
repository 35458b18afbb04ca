import Diagnostics
import Graph
import Inventory
import Operations

/// Drills with a person or a program in front of them: the question, the views and Ctrl-C.
struct DrillSession: Sendable {
    let workspace: Workspace
    let faults: [DrillFault]
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
        guard inventory.ha.engine == .none else {
            throw Diagnostic.error(
                "drill.engine", "drills of clusters under \(inventory.ha.engine.rawValue) are not there yet",
                hint: "an inventory with `ha.engine: none` can be drilled")
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
        try show(results, stream, text)
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

    private func show(_ results: [DrillResult], _ stream: TextStream, _ text: DrillText) throws {
        stream.write("\n" + text.table(results) + text.notes(results))
        if format == .json {
            let payloads = results.map { DrillPayload($0) }
            console.print(
                faults.count == 1 && payloads.count == 1
                    ? JSONDocument.text(of: payloads[0]) : JSONDocument.text(of: payloads))
        }
        guard let report else { return }
        let inventory = workspace.inventory
        let page = DrillPage(
            cluster: inventory.cluster, hosts: inventory.databaseHosts.map(\.name), results: results)
        try LocalFile.write(page.html, to: report)
    }
}
