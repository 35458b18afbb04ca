import Diagnostics
import Hosts
import Planning
import Resources

struct PlanView {
    let plan: Plan
    init(_ plan: Plan) { self.plan = plan }
    func write() {
        for error in plan.unreachable { print("\(error.diagnostic.message)") }
        for refusal in plan.refusals { print("error: \(refusal.message) [\(refusal.code)] \(refusal.hint ?? "")") }
        for note in plan.notes { print("note: \(note.message)") }
        for planned in plan.changes {
            print(
                "\(planned.change.action.rawValue) \(planned.id): \(planned.change.reason) [\(planned.change.effect.rawValue)] after \(planned.after)"
            )
            if let diff = planned.change.diff { print(diff) }
        }
        for pending in plan.pending { print("? \(pending.id): \(pending.reason)") }
        print(plan.summary)
    }
}

struct ProblemView {
    let problems: Problems
    init(_ problems: Problems) { self.problems = problems }
    func write() {
        for problem in problems.all {
            print("\(problem.severity): \(problem.message) [\(problem.code)] \(problem.hint ?? "")")
        }
    }
}
