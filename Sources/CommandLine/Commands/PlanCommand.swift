import ArgumentParser
import Diagnostics
import Planning

/// `kumki plan`: shows what differs and why; changes nothing.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what differs on the hosts and why; changes nothing on any host.")

    @Argument(help: "The inventory.") var inventory: String

    func run() async throws {
        do {
            let space = try Workspace(path: inventory, templates: nil, playbooks: nil, parallel: 64)
            let plan = try await space.planner().plan(with: space.observer)
            await space.provider.close()
            PlanView(plan).write()
            if !plan.refusals.isEmpty || !plan.unreachable.isEmpty { throw ExitCode(1) }
            if !plan.isEmpty { throw ExitCode(2) }
        } catch let problems as Problems {
            ProblemView(problems).write()
            throw ExitCode(1)
        }
    }
}
