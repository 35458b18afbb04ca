import Diagnostics
import Planning

/// Has a plan agreed to by a person: as a whole, and by name for each host whose data it destroys.
struct Approval: Sendable {
    /// Ask nothing; never enough to destroy data.
    let yes: Bool
    /// Hosts whose data may be destroyed.
    let destroy: Set<String>
    let question: Question
    /// Whether somebody is there to be asked.
    var canAsk: Bool = Question.canBeAsked

    /// - Throws: `Diagnostic` `approval.missing`, `approval.destroy` where nobody can be asked.
    func isGiven(for plan: Plan) async throws -> Bool {
        for host in Set(plan.destroysData.map(\.host)).subtracting(destroy).sorted() {
            guard canAsk else {
                throw Diagnostic.error(
                    "approval.destroy", "the plan destroys data on \(host), and nobody agreed to that",
                    hint: "read the plan; if it is meant, name the host: --approve-destroy \(host)")
            }
            let words = question.style.paint("The data on \(host) will be destroyed.", .loud)
            let answer = await question.text("\(words) Type the host's name to agree: ")
            if answer != host { return false }
        }
        if yes { return true }
        guard canAsk else {
            throw Diagnostic.error(
                "approval.missing", "nobody is there to agree to the plan: standard input is no terminal",
                hint: "add --yes to carry it out without a question")
        }
        return await question.isAffirmed("Carry this out?")
    }
}
