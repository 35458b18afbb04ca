import Blueprint
import Diagnostics
import Graph
import Hosts
import Inventory
import Planning
import PostgreSQL
import Resources

/// A plan as the tests' goldens hold it.
struct PlanText {
    let text: String

    static let nothing = "nothing to do\n"

    init(_ plan: Plan) {
        var lines = plan.refusals.map { "refused [\($0.code)] \($0.message)" }
        lines += plan.unreachable.map { "unreachable \($0.host): \($0.message)" }
        lines += plan.notes.map { "note [\($0.code)] \($0.message)" }
        for planned in plan.changes {
            let change = planned.change
            let effect = change.effect == .none ? "" : " (\(change.effect.rawValue))"
            lines.append(
                "\(planned.id): \(change.action.rawValue)\(effect)\(change.destroysData ? " DESTROYS DATA" : "")")
            lines.append("    \(change.reason)")
            if !planned.after.isEmpty { lines.append("    after \(planned.after.joined(separator: ", "))") }
        }
        lines += plan.pending.map { "pending \($0.id): \($0.reason)" }
        text = lines.isEmpty ? Self.nothing : lines.map { $0 + "\n" }.joined()
    }
}
