import Applying
import Diagnostics
import Graph
import Hosts
import Inventory
import Lab
import Operations
import Planning
import Resources

/// One inventory deployed into fresh containers, step by step, as `lab test` does it.
struct LabTrial {
    let path: String
    let lab: Lab.Options
    /// What is injected once the cluster runs; nil is nothing.
    let drill: DrillChoice?
    let console: Console

    private struct Failure: Error {
        var words: String
    }

    func run() async -> JUnitReport.Suite {
        var suite = JUnitReport.Suite(name: path, cases: [])
        do {
            let loaded = try LoadedInventory(path: path, console: console)
            let lab = try await Lab(loaded.inventory, options: lab) { console.tell("\($0)\n") }
            let faults = drill.map { $0.faults ?? DrillFault.faults(in: loaded.inventory) } ?? []
            await deploy(in: lab, faults, &suite)
            _ = await step("down", &suite) { _ = try await lab.down() }
        } catch {
            suite.cases.append(
                JUnitReport.Case(name: "validate", duration: .zero, result: .failed(words(for: error))))
        }
        return suite
    }

    private func deploy(in lab: Lab, _ faults: [DrillFault], _ suite: inout JUnitReport.Suite) async {
        guard
            await step(
                "up", &suite,
                {
                    // What an earlier trial left would make this one prove less.
                    _ = try await lab.down()
                    _ = try await lab.up()
                })
        else { return }
        guard await step("plan", &suite, { try await plan(expectsChanges: true) }) else { return }
        guard await step("apply", &suite, { try await apply() }) else { return }
        guard await step("plan again", &suite, { try await plan(expectsChanges: false) }) else { return }
        guard await step("verify", &suite, { try await verify() }) else { return }
        for fault in faults {
            guard await step("drill \(fault.rawValue)", &suite, { try await inject(fault, lab) }) else { return }
        }
    }

    private func step(
        _ name: String, _ suite: inout JUnitReport.Suite, _ body: () async throws -> Void
    ) async -> Bool {
        console.tell("\(path): \(name)\n")
        let clock = ContinuousClock()
        let start = clock.now
        do {
            try await body()
            suite.cases.append(JUnitReport.Case(name: name, duration: clock.now - start, result: .passed))
            return true
        } catch {
            suite.cases.append(
                JUnitReport.Case(name: name, duration: clock.now - start, result: .failed(words(for: error))))
            return false
        }
    }

    private func plan(expectsChanges: Bool) async throws {
        let workspace = try await Workspace.open(path: path, folders: Workspace.Folders(), console: console)
        let planner = try workspace.planner(for: .apply)
        let plan = try await Connections.open(to: workspace.inventory, parallel: 64, console: console) {
            try await planner.plan(with: $0.observer)
        }
        if !plan.canBeCarriedOut { throw Problems(plan.obstacles) }
        if expectsChanges, plan.isEmpty { throw Failure(words: "bare containers need no change") }
        if expectsChanges { return }
        if let first = plan.changes.first {
            throw Failure(words: "\(plan.changes.count) changes are left, \(first.id) first: \(first.change.reason)")
        }
        if let first = plan.pending.first { throw Failure(words: "\(first.id) waits: \(first.reason)") }
    }

    private func apply() async throws {
        let workspace = try await Workspace.open(path: path, folders: Workspace.Folders(), console: console)
        let planner = try workspace.planner(for: .apply)
        let outcome = try await Connections.open(to: workspace.inventory, parallel: 64, console: console) {
            try await Deployment(
                workspace: workspace, parts: [DeploymentPart(.apply, planner)], connections: $0,
                holder: .current("lab test"), verifies: false,
                parallel: 64,
                stop: StopSignal(), approve: { plan, _ in plan.destroysData.isEmpty }, report: { _ in }
            ).run()
        }
        switch outcome.ending {
        case .converged: return
        case .left(let plan):
            throw Failure(words: "\(plan.changes.count) changes and \(plan.pending.count) waits are left")
        case .refused(let plan): throw Problems(plan.obstacles)
        case .declined: throw Failure(words: "the plan destroys data")
        case .failed, .interrupted:
            let cause = outcome.rounds.last?.report.failures.first
            throw Failure(words: ([cause?.message ?? "it stopped"] + (cause?.output ?? [])).joined(separator: "\n"))
        }
    }

    private func verify() async throws {
        let inventory = try LoadedInventory(path: path, console: console).inventory
        let verification = try await Connections.open(to: inventory, parallel: 64, console: console) {
            await Verification.run(inventory, with: $0.observer)
        }
        let failed = verification.checks.filter { !$0.passed }
        if !failed.isEmpty { throw Failure(words: failed.map { "\($0.name): \($0.detail)" }.joined(separator: "\n")) }
    }

    private func inject(_ fault: DrillFault, _ lab: Lab) async throws {
        let workspace = try await Workspace.open(path: path, folders: Workspace.Folders(), console: console)
        let text = DrillText(inventory: path, style: console.errorStyle)
        let result = try await Drill(
            workspace: workspace, fault: fault, power: .lab(lab), parallel: 64, stop: StopSignal(), console: console,
            say: { console.tell(text.line($0, $1)) }
        ).run()
        console.tell(text.table([result]))
        if !result.passed { throw Failure(words: result.problems.joined(separator: "\n")) }
    }

    private func words(for error: any Error) -> String {
        switch error {
        case let failure as Failure: failure.words
        case let problems as Problems: problems.errors.map { "\($0.message) [\($0.code)]" }.joined(separator: "\n")
        case let diagnostic as Diagnostic: "\(diagnostic.message) [\(diagnostic.code)]"
        case let error as HostError: "\(error.diagnostic.message) [\(error.code)]"
        case let held as ClusterLock.Held: held.diagnostic.message
        default: "\(error)"
        }
    }
}
