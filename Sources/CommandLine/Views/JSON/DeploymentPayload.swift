import Applying
import Planning

/// `apply --json`: the plan as `plan --json` gives it, and what became of it.
struct DeploymentPayload: Encodable {
    struct Failure: Encodable {
        var id: String
        var code: String
        var message: String
        var hint: Nullable<String>
        var output: [String]
    }

    struct Result: Encodable {
        /// `converged`, `left`, `refused`, `declined`, `failed`, `interrupted`
        var ending: String
        var done: [String]
        var failed: [Failure]
        var notStarted: [String]
        /// What a look afterwards showed to wait, a restart that is held back for example.
        var pending: [PlanPayload.Waiting]
        var verification: Nullable<VerificationPayload>
        var seconds: Double
        /// For how long nobody could write, where the command interrupts that.
        var outageSeconds: Nullable<Double>
    }

    var cluster: String
    var changes: [PlanPayload.Change]
    var summary: Plan.Summary
    var result: Result

    /// - Parameter plans: what was planned, round by round.
    init?(_ plans: [Plan], _ outcome: DeploymentOutcome) {
        guard var whole = plans.first else { return nil }
        cluster = whole.cluster
        changes = plans.flatMap(\.changes).map { PlanPayload.Change($0) }
        whole.changes = plans.flatMap(\.changes)
        summary = whole.summary
        let reports = outcome.rounds.map(\.report)
        result = Result(
            ending: outcome.ending.word, done: reports.flatMap(\.done),
            failed: reports.flatMap(\.failures).map {
                Failure(id: $0.id, code: $0.code, message: $0.message, hint: Nullable($0.hint), output: $0.output)
            },
            notStarted: reports.flatMap(\.notStarted), pending: outcome.ending.pending,
            verification: Nullable(outcome.verification.map { VerificationPayload($0) }),
            seconds: Double(outcome.duration.milliseconds) / 1000,
            outageSeconds: Nullable(outcome.outage.map { Double($0.milliseconds) / 1000 }))
    }
}

extension DeploymentOutcome.Ending {
    fileprivate var word: String {
        switch self {
        case .converged: "converged"
        case .left: "left"
        case .refused: "refused"
        case .declined: "declined"
        case .failed: "failed"
        case .interrupted: "interrupted"
        }
    }

    fileprivate var pending: [PlanPayload.Waiting] {
        guard case .left(let plan) = self else { return [] }
        return plan.pending.map { PlanPayload.Waiting(id: $0.id, reason: $0.reason) }
    }
}
