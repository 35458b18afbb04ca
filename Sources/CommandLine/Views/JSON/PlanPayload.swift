import Diagnostics
import Planning
import Resources

/// `plan --json`.
struct PlanPayload: Encodable {
    struct Change: Encodable {
        var id: String
        var host: String
        var step: String
        var action: String
        var reason: String
        var effect: String
        var destroysData: Bool
        var after: [String]
        var diff: Nullable<String>
    }

    /// What can't be judged yet, or is held back.
    struct Waiting: Encodable {
        var id: String
        var reason: String
    }

    /// Why nothing may be changed, or what could not be seen.
    struct Obstacle: Encodable {
        var code: String
        var message: String
        var hint: Nullable<String>
    }

    var cluster: String
    var changes: [Change]
    var summary: Plan.Summary
    /// Left out when there is nothing of the kind.
    var pending: [Waiting]?
    var obstacles: [Obstacle]?

    init(_ plan: Plan) {
        let waiting = plan.pending.map { Waiting(id: $0.id, reason: $0.reason) }
        let found = plan.obstacles.map { Obstacle(code: $0.code, message: $0.message, hint: Nullable($0.hint)) }
        pending = waiting.isEmpty ? nil : waiting
        obstacles = found.isEmpty ? nil : found
        cluster = plan.cluster
        changes = plan.changes.map { Change($0) }
        summary = plan.summary
    }
}

extension PlanPayload.Change {
    init(_ planned: PlannedChange) {
        self.init(
            id: planned.id, host: planned.host, step: planned.step, action: planned.change.action.rawValue,
            reason: planned.change.reason, effect: planned.change.effect.rawValue,
            destroysData: planned.change.destroysData, after: planned.after, diff: Nullable(planned.change.diff))
    }
}
