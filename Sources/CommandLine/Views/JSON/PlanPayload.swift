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

    var cluster: String
    var changes: [Change]
    var summary: Plan.Summary

    init(_ plan: Plan) {
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
