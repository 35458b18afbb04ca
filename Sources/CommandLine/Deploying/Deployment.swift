import Applying
import Diagnostics
import Graph
import Hosts
import Inventory
import Operations
import Planning

/// The work of every command that changes hosts: lock, plan, have it approved, carry it out, and look again.
struct Deployment: Sendable {
    /// How often a look afterwards may lead to more work: what could not be seen before comes up once it can.
    private static let mostRounds = 3

    let workspace: Workspace
    let planner: Planner
    let connections: Connections
    /// For the lock: who does what.
    let holder: LockHolder
    /// A plan that must still be true; it is carried out as it is, and nothing besides.
    var saved: SavedPlan?
    var kind = DeploymentKind.apply
    /// What brings the former primary back when a switchover breaks off before its successor was promoted.
    var wayBack: Planner?
    /// Whether the cluster proves itself in the end, where the command has it do so.
    var verifies = true
    let parallel: Int
    let stop: StopSignal
    /// Whether a plan may be carried out; not asked for an empty one.
    let approve: @Sendable (Plan, _ round: Int) async throws -> Bool
    let report: @Sendable (DeploymentEvent) -> Void

    /// - Throws: `Problems`, `ClusterLock.Held`, `HostError`, `Diagnostic` `plan.stale`.
    func run() async throws -> DeploymentOutcome {
        let clock = ContinuousClock()
        let start = clock.now
        let lock = try await ClusterLock.take(
            on: await reachableHosts(), cluster: workspace.inventory.cluster, holder: holder.text,
            provider: connections.provider)
        let clockOfWrites = OutageClock()
        do {
            let (rounds, ending) = try await rounds(clockOfWrites)
            var outcome = DeploymentOutcome(rounds: rounds, ending: ending, duration: clock.now - start)
            outcome.without = planner.options.without
            if case .failed = ending { outcome.wayBack = await goBack(from: rounds.last?.report) }
            if kind.interruptsWrites { outcome.outage = clockOfWrites.outage }
            outcome.verification = await verification(after: ending)
            report(.ended(outcome))
            await lock.release()
            return outcome
        } catch {
            await lock.release()
            throw error
        }
    }

    /// Those that can't be reached come up again in the plan, with the reason.
    private func reachableHosts() async -> [InventoryHost] {
        let wanted = workspace.inventory.hosts.filter {
            $0.state == .present && !planner.options.without.contains($0.name)
        }
        let reached = await withTaskGroup(of: String?.self) { group in
            var waiting = wanted[...]
            func startNext() {
                guard let host = waiting.popFirst() else { return }
                group.addTask {
                    (try? await connections.provider.host(for: host)) == nil ? nil : host.name
                }
            }
            for _ in 0..<max(1, parallel) { startNext() }
            var names: Set<String> = []
            while let name = await group.next() {
                if let name { names.insert(name) }
                startNext()
            }
            return names
        }
        return wanted.filter { reached.contains($0.name) }
    }

    private func rounds(_ clock: OutageClock) async throws -> ([DeploymentOutcome.Round], DeploymentOutcome.Ending) {
        var rounds: [DeploymentOutcome.Round] = []
        while true {
            let plan = try await planner.plan(with: connections.observer, settling: kind.rule)
            if !plan.canBeCarriedOut {
                report(.planned(plan, round: rounds.count + 1))
                return (rounds, .refused(plan))
            }
            if rounds.isEmpty { try saved?.check(against: plan) }
            let isLast = rounds.count == (saved == nil ? Self.mostRounds : 1)
            if plan.isEmpty || isLast {
                if rounds.isEmpty { report(.planned(plan, round: 1)) }
                return (rounds, plan.isEmpty && plan.pending.isEmpty ? .converged : .left(plan))
            }
            report(.planned(plan, round: rounds.count + 1))
            guard try await approve(plan, rounds.count + 1) else { return (rounds, .declined) }
            let done = await carryOut(plan, clock)
            rounds.append(DeploymentOutcome.Round(plan: plan, report: done))
            if !done.failures.isEmpty { return (rounds, .failed) }
            if stop.isRequested { return (rounds, .interrupted) }
        }
    }

    /// A cluster without a primary is not left so: nobody was promoted, so the former primary is started again.
    private func goBack(from report: Run.Report?) async -> DeploymentOutcome.Round? {
        guard let wayBack, let report else { return nil }
        let ended = report.done + report.failures.map(\.id)
        let isCutOff = ended.contains { $0.hasSuffix("/stop") } && !report.done.contains { $0.hasSuffix("/promote") }
        guard isCutOff, let plan = try? await wayBack.plan(with: connections.observer, settling: .starting) else {
            return nil
        }
        self.report(.goingBack(plan))
        return DeploymentOutcome.Round(plan: plan, report: await carryOut(plan, OutageClock()))
    }

    private func verification(after ending: DeploymentOutcome.Ending) async -> Verification? {
        switch ending {
        case .converged, .left:
            guard verifies, kind.verifies else { return nil }
            let verification = await Verification.run(
                workspace.inventory, without: planner.options.without, with: connections.observer)
            report(.verified(verification))
            return verification
        case .refused, .declined, .failed, .interrupted: return nil
        }
    }

    private func carryOut(_ plan: Plan, _ clock: OutageClock) async -> Run.Report {
        report(.started(plan))
        let run = Run(
            inventory: workspace.inventory, observer: connections.observer, secrets: workspace.secrets, stop: stop,
            report: { event in
                clock.note(event)
                report(.step(event))
            })
        let done = await run.carryOut(plan, parallel: parallel)
        report(.carriedOut(done, plan))
        return done
    }
}
