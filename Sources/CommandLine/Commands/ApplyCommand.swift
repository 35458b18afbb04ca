import Applying
import ArgumentParser
import Diagnostics
import Graph
import Inventory
import Planning

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Plan, show, ask, carry it out in order, then verify.")

    @Argument(help: "The inventory.") var inventory: String
    @Flag(help: "Ask nothing.") var yes = false

    func run() async throws {
        do {
            let space = try Workspace(path: inventory, templates: nil, playbooks: nil, parallel: 64)
            let lock = try await ClusterLock.take(
                on: space.inventory.hosts, cluster: space.inventory.cluster, holder: "me", provider: space.provider)
            let plan = try await space.planner().plan(with: space.observer)
            PlanView(plan).write()
            if !plan.refusals.isEmpty { throw ExitCode(1) }
            let run = Run(
                inventory: space.inventory, observer: space.observer, secrets: space.secrets, stop: StopSignal()
            ) { event in
                switch event {
                case .started(let planned): print("start \(planned.id)")
                case .finished(let planned, let time): print("done \(planned.id) \(time)")
                case .satisfied(let planned): print("already \(planned.id)")
                case .failed(_, let failure): print("FAILED \(failure)")
                }
            }
            let report = await run.carryOut(plan)
            print(report.failures, report.notStarted)
            let after = try await space.planner().plan(with: space.observer)
            PlanView(after).write()
            await lock.release()
            await space.provider.close()
        } catch let problems as Problems {
            ProblemView(problems).write()
            throw ExitCode(1)
        }
    }
}
