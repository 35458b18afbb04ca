import Applying
import Blueprint
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
    /// Never empty.
    let parts: [DeploymentPart]
    let connections: Connections
    /// For the lock: who does what.
    let holder: LockHolder
    /// A plan that must still be true; it is carried out as it is, and nothing besides.
    var saved: SavedPlan?
    /// Whether the cluster proves itself in the end, where the command has it do so.
    var verifies = true
    /// Whether whoever runs this holds the cluster's lock already.
    var isLocked = false
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
            on: isLocked ? [] : await reachableHosts(), cluster: workspace.inventory.cluster, holder: holder.text,
            provider: connections.provider)
        let clockOfWrites = OutageClock()
        do {
            var outcome = DeploymentOutcome(rounds: [], ending: .interrupted, duration: .zero)
            outcome.without = without
            for (index, var part) in parts.enumerated() {
                if part.condition == .whenRestartWaits {
                    guard let successor = outcome.successor else { continue }
                    let isSwitchover = part.kind == .switchover(to: nil)
                    if isSwitchover { part.kind = .switchover(to: successor) }
                    part.kind.heading =
                        isSwitchover ? "Now \(successor) becomes primary:" : "What had to wait for that:"
                }
                let isOneOfMany = index + 1 < parts.count || !outcome.rounds.isEmpty
                try await carryOut(part, &outcome, clockOfWrites, isOneOfMany: isOneOfMany)
                if case .failed = outcome.ending { outcome.wayBack = await goBack(part, from: outcome.rounds.last) }
                if !outcome.leadsOn { break }
            }
            outcome.duration = clock.now - start
            if parts.contains(where: \.kind.interruptsWrites) { outcome.outage = clockOfWrites.outage }
            outcome.verification = await verification(after: outcome.ending, leavingOut: outcome.leftOut)
            report(.ended(outcome))
            await lock.release()
            return outcome
        } catch {
            await lock.release()
            throw error
        }
    }

    private var without: Set<String> { parts.first?.planner.options.without ?? [] }

    /// Those that can't be reached come up again in the plan, with the reason.
    private func reachableHosts() async -> [InventoryHost] {
        let fenced = parts.reduce(into: Set<String>()) { $0.formUnion($1.kind.fenced) }
        let wanted = workspace.inventory.hosts.filter {
            $0.state == .present && !without.contains($0.name) && !fenced.contains($0.name)
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

    private func carryOut(
        _ part: DeploymentPart, _ outcome: inout DeploymentOutcome, _ clock: OutageClock, isOneOfMany: Bool
    ) async throws {
        var rounds = 0
        var planner = part.planner
        while true {
            let plan = try await planner.plan(with: connections.observer, settling: part.kind.rule)
            if rounds == 0 {
                if part.condition == .whenPrimaryMoves, plan.canBeCarriedOut, plan.former == nil {
                    outcome.ending = .converged
                    return
                }
                report(.began(part.kind, heading: isOneOfMany ? part.kind.heading : nil))
            }
            let round = rounds + 1
            outcome.leftOut = plan.leftOut
            if !plan.canBeCarriedOut {
                report(.planned(plan, round: round))
                outcome.ending = .refused(plan)
                return
            }
            if rounds == 0 { try saved?.check(against: plan) }
            let isLast = rounds == (saved == nil ? Self.mostRounds : 1)
            let isOver = plan.isEmpty || isLast
            if !isOver || rounds == 0 { report(.planned(plan, round: round)) }
            if rounds == 0, outcome.rounds.isEmpty, plan.leavesPrimaryRestart,
                let refused = try await announce(plan, &outcome)
            {
                outcome.ending = .refused(refused)
                return
            }
            if isOver {
                outcome.ending = plan.isEmpty && plan.pending.isEmpty ? .converged : .left(plan)
                return
            }
            guard try await isAgreed(to: plan, round, outcome) else {
                outcome.ending = .declined
                return
            }
            let done = await carryOut(plan, clock)
            outcome.rounds.append(DeploymentOutcome.Round(plan: plan, report: done))
            planner.options.operation.note(done: done.done)
            rounds += 1
            if !done.failures.isEmpty || stop.isRequested {
                outcome.ending = done.failures.isEmpty ? .interrupted : .failed
                return
            }
        }
    }

    /// What was announced with the first plan was agreed to with it, but for what destroys data.
    private func isAgreed(to plan: Plan, _ round: Int, _ outcome: DeploymentOutcome) async throws -> Bool {
        if outcome.successor != nil, !outcome.rounds.isEmpty, plan.destroysData.isEmpty { return true }
        return try await approve(plan, round)
    }

    /// As long as nobody was promoted, a cluster is not left without a primary, nor its standbys without an upstream.
    private func goBack(
        _ part: DeploymentPart, from round: DeploymentOutcome.Round?
    ) async -> DeploymentOutcome.Round? {
        guard let wayBack = part.wayBack, let round, let rule = ruleOfWayBack(part.kind, from: round) else {
            return nil
        }
        guard let plan = try? await wayBack.plan(with: connections.observer, settling: rule), !plan.isEmpty else {
            return nil
        }
        self.report(.goingBack(plan))
        return DeploymentOutcome.Round(plan: plan, report: await carryOut(plan, OutageClock()))
    }

    private func ruleOfWayBack(_ kind: DeploymentKind, from round: DeploymentOutcome.Round) -> LiveRoles.Rule? {
        let report = round.report
        if report.done.contains(where: { $0.hasSuffix("/promote") }) { return nil }
        switch kind.wayBack {
        case nil: return nil
        case .start:
            let ended = report.done + report.failures.map(\.id)
            return ended.contains { $0.hasSuffix("/stop") } ? .starting : nil
        case .reattach:
            // A promotion that was begun may still come to its end.
            let isBegun = report.failures.contains {
                $0.id.hasSuffix("/promote") && ["step.failed", "ssh.lost"].contains($0.code)
            }
            return isBegun ? nil : round.plan.lost.map { .reattaching(to: $0) }
        }
    }

    private func verification(
        after ending: DeploymentOutcome.Ending, leavingOut: Set<String>
    ) async -> Verification? {
        switch ending {
        case .converged, .left:
            guard verifies, parts.last?.kind.verifies == true else { return nil }
            let verification = await Verification.run(
                workspace.inventory, without: without.union(leavingOut), with: connections.observer)
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
