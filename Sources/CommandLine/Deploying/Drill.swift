import Applying
import Blueprint
import Diagnostics
import Graph
import Hosts
import Inventory
import Operations
import Planning

/// One fault in a cluster that a client writes to: broken, taken over, healed, brought back, and read.
struct Drill: Sendable {
    let workspace: Workspace
    let fault: DrillFault
    let power: DrillPower
    let parallel: Int
    let stop: StopSignal
    let console: Console
    let say: DrillDiary.Listener

    /// How long a standby is away.
    private static let absence: Duration = .seconds(10)
    /// How long both sides are watched once another host is primary, and how long the client goes on in the end.
    private static let watch: Duration = .seconds(3)
    /// How long the failover is tried again while the old primary has been heard a moment ago.
    private static let patience: Duration = .seconds(60)
    /// How long an engine may take for what it does by itself.
    private static let enginePatience: Duration = .seconds(120)

    private var inventory: Inventory { workspace.inventory }
    /// Whether an engine does by itself what kumki does else.
    private var engineActs: Bool { inventory.ha.engine != .none && inventory.ha.autoFailover }
    private var engineRejoins: Bool { engineActs && inventory.ha.autoRejoin != .off }

    /// What ends a drill before its end.
    private struct Trouble: Error {
        var words: String
    }

    /// - Throws: `Problems`, `Diagnostic`, `HostError`, `ClusterLock.Held` where it could not begin, or nothing can be
    ///   told of it.
    func run() async throws -> DrillResult {
        try await Connections.open(to: inventory, parallel: parallel, console: console) { connections in
            let status = await ClusterStatus.read(inventory, with: connections.observer)
            let cast = try DrillCast(fault, inventory, status)
            try await checkPlan(connections)
            // What an engine does by itself it must be free to do; another kumki must not.
            let lock = try await ClusterLock.take(
                on: inventory.databaseHosts, cluster: inventory.cluster, holder: LockHolder.current("drill").text,
                leavesEngine: engineActs, provider: connections.provider)
            let stage = DrillStage(cast, inventory, connections.provider)
            do {
                try await stage.open()
                let result = try await play(cast, stage, connections)
                await stage.leave(primary: await primary(connections))
                await lock.release()
                return result
            } catch {
                await stage.leave(primary: await primary(connections))
                await lock.release()
                throw error
            }
        }
    }

    /// What comes back after the fault comes back by `apply`, which must have nothing else to do.
    private func checkPlan(_ connections: Connections) async throws {
        let plan = try await workspace.planner(for: .apply).plan(with: connections.observer)
        if plan.canBeCarriedOut, plan.isEmpty { return }
        let words = plan.obstacles.first?.message ?? "the inventory asks for \(plan.changes.count) changes"
        throw Diagnostic.error(
            "drill.unhealthy", "the cluster is not as declared: \(words)",
            hint: "`kumki plan` shows it, `kumki apply` mends it; then drill again")
    }

    private func play(_ cast: DrillCast, _ stage: DrillStage, _ connections: Connections) async throws -> DrillResult {
        let diary = DrillDiary(say: say)
        var troubles: [String] = []
        try await Task.sleep(for: Self.watch)
        diary.note(fault.words(on: cast.hitText))
        do {
            try await breakHost(cast, stage, connections)
            if cast.movesPrimary {
                if engineActs {
                    try await awaitSuccessor(cast, diary)
                } else {
                    try await failOver(cast, stage, diary)
                }
                try await wait(Self.watch)
            } else {
                try await wait(Self.absence)
            }
        } catch {
            troubles.append(words(for: error))
        }
        do {
            try await heal(cast, stage, diary)
            if troubles.isEmpty {
                if engineRejoins {
                    try await awaitReturn(diary)
                } else if cast.movesPrimary {
                    try await rejoin(cast, diary)
                }
            }
            if troubles.isEmpty { try await wait(Self.watch) }
        } catch {
            troubles.append(words(for: error))
        }
        let end = Duration.sinceEpoch
        diary.note("the client ends")
        let (client, probes) = try await stage.collect()
        let verification = try await verify()
        troubles += verification.checks.filter { !$0.passed }.map { "\($0.name): \($0.detail)" }
        if verification.passed { diary.note("the cluster is as declared") }
        let events = diary.events
        let began = events.first?.time ?? end
        return DrillResult(
            cast: cast, began: began, events: events, client: client, probes: probes,
            figures: DrillFigures(
                client: client, from: began, until: end, probes: probes, rows: await stage.rows()),
            rejoined: verification.passed, isSynchronous: !inventory.synchronousHosts.isEmpty, troubles: troubles)
    }

    // MARK: The fault

    private func breakHost(_ cast: DrillCast, _ stage: DrillStage, _ connections: Connections) async throws {
        guard fault == .powerOff, let host = inventory.host(cast.hit) else { return try await stage.inject() }
        try await power.off(host, connections.provider)
    }

    private func heal(_ cast: DrillCast, _ stage: DrillStage, _ diary: DrillDiary) async throws {
        let isReplaced = await isReplaced(cast)
        if fault == .powerOff, let host = inventory.host(cast.hit) {
            try await power.on(host, in: inventory, console)
            try await stage.probeAgain()
        } else {
            try await stage.heal(isReplaced: isReplaced)
        }
        diary.note("the fault on \(cast.hitText) is healed")
    }

    private func isReplaced(_ cast: DrillCast) async -> Bool {
        let primary = try? await Connections.open(
            to: inventory, hiding: [cast.hit], parallel: parallel, console: console
        ) { await ClusterStatus.primary(inventory, without: [cast.hit], with: $0.observer) }
        return primary != nil
    }

    // MARK: What an engine does

    /// Until another host is primary.
    private func awaitSuccessor(_ cast: DrillCast, _ diary: DrillDiary) async throws {
        try await Connections.open(to: inventory, hiding: [cast.hit], parallel: parallel, console: console) {
            connections in
            try await wait(for: "another host to be primary") {
                guard
                    let primary = await ClusterStatus.primary(
                        inventory, without: [cast.hit], with: connections.observer)
                else { return false }
                diary.note("\(primary) is primary")
                return true
            }
        }
    }

    /// Until every host is in its place again.
    private func awaitReturn(_ diary: DrillDiary) async throws {
        try await Connections.open(to: inventory, parallel: parallel, console: console) { connections in
            try await wait(for: "the cluster to be as declared") {
                await ClusterStatus.read(inventory, with: connections.observer).isHealthy
            }
        }
        diary.note("every host is in its place")
    }

    private func wait(for goal: String, until isReached: () async -> Bool) async throws {
        let end = ContinuousClock.now + Self.enginePatience
        while !(await isReached()) {
            if ContinuousClock.now >= end { throw Trouble(words: "\(goal): not within two minutes") }
            try await wait(.milliseconds(300))
        }
    }

    // MARK: The operations

    /// By the code of `kumki failover`; tried again where the old primary was heard a moment ago, or a host is late.
    private func failOver(_ cast: DrillCast, _ stage: DrillStage, _ diary: DrillDiary) async throws {
        guard let successor = cast.successor else { return }
        let isCut = fault == .partitionPrimary
        // No standby has to confirm what it writes: only its end keeps it from going on beside its successor.
        if isCut, inventory.synchronousHosts.isEmpty {
            try await stage.fence()
            diary.note("\(cast.hit) is fenced")
        }
        let kind = DeploymentKind.failover(
            to: successor, fenced: isCut || fault == .powerOff ? [cast.hit] : [], acceptsLoss: false)
        diary.note("failover to \(successor)")
        let end = ContinuousClock.now + Self.patience
        while true {
            let outcome = try await deploy(
                kind, TakeoverOptions.operation, hiding: isCut ? [cast.hit] : [], diary, approve: { _ in true })
            if case .refused(let plan) = outcome.ending, ContinuousClock.now < end, !stop.isRequested,
                plan.obstacles.contains(where: { $0.code == "failover.alive" || $0.code.hasPrefix("ssh.") })
            {
                try await Task.sleep(for: .milliseconds(500))
                continue
            }
            return try check(outcome, "failover")
        }
    }

    /// By the code of `kumki rejoin`, which may throw away what only the old primary holds; then those that moved below
    /// another host meanwhile go back, by that of `kumki apply`.
    private func rejoin(_ cast: DrillCast, _ diary: DrillDiary) async throws {
        diary.note("rejoin of \(cast.hit)")
        let rejoin = try await deploy(
            .rejoin(cast.hit), Operation(named: cast.hit), diary,
            approve: { $0.destroysData.allSatisfy { $0.host == cast.hit } })
        try check(rejoin, "rejoin")
        try check(try await deploy(.apply, Operation(), diary, approve: { $0.destroysData.isEmpty }), "apply")
    }

    private func deploy(
        _ kind: DeploymentKind, _ operation: Operation, hiding hidden: Set<String> = [], _ diary: DrillDiary,
        approve: @escaping @Sendable (Plan) -> Bool
    ) async throws -> DeploymentOutcome {
        let part = try DeploymentPart(kind, in: workspace, Planner.Options(operation: operation))
        // New connections: an old one to a host without power would be waited for.
        return try await Connections.open(to: inventory, hiding: hidden, parallel: parallel, console: console) {
            try await Deployment(
                workspace: workspace, parts: [part], connections: $0, holder: .current("drill"), verifies: false,
                isLocked: true, parallel: parallel, stop: stop,
                approve: { plan, _ in approve(plan) }, report: { diary.note($0) }
            ).run()
        }
    }

    private func check(_ outcome: DeploymentOutcome, _ command: String) throws {
        let words: String
        switch outcome.ending {
        case .converged, .left: return
        case .refused(let plan): words = plan.obstacles.map { "\($0.message) [\($0.code)]" }.joined(separator: "; ")
        case .declined: words = "it would destroy data elsewhere"
        case .interrupted: words = "interrupted"
        case .failed:
            let cause = outcome.rounds.last?.report.failures.first
            words = ([cause?.message ?? "it stopped"] + (cause?.output.suffix(2) ?? [])).joined(separator: "; ")
        }
        throw Trouble(words: "\(command): \(words)")
    }

    // MARK: Afterwards

    private func verify() async throws -> Verification {
        try await Connections.open(to: inventory, parallel: parallel, console: console) {
            await Verification.run(inventory, with: $0.observer)
        }
    }

    private func primary(_ connections: Connections) async -> String? {
        await ClusterStatus.primary(inventory, with: connections.observer)
    }

    /// Sleeps, unless somebody has had enough.
    private func wait(_ duration: Duration) async throws {
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end {
            if stop.isRequested { throw Trouble(words: "interrupted") }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func words(for error: any Error) -> String {
        switch error {
        case let trouble as Trouble: trouble.words
        case let problems as Problems: problems.errors.map { "\($0.message) [\($0.code)]" }.joined(separator: "; ")
        case let diagnostic as Diagnostic: "\(diagnostic.message) [\(diagnostic.code)]"
        case let error as HostError: "\(error.diagnostic.message) [\(error.code)]"
        default: "\(error)"
        }
    }
}
