import Diagnostics
import Inventory
import Operations

/// Has a drill agreed to: by yes or no for a lab, by the cluster's name for real hosts.
struct DrillConsent: Sendable {
    /// Ask nothing; enough for a lab only.
    let yes: Bool
    /// The cluster's name as it was given on the command line.
    let cluster: String?
    let question: Question
    /// Whether somebody is there to be asked.
    var canAsk: Bool = Question.canBeAsked

    /// - Throws: `Diagnostic` `drill.cluster`, `approval.missing` where nobody can be asked.
    func isGiven(to faults: [DrillFault], in inventory: Inventory, isLab: Bool) async throws -> Bool {
        if let cluster, cluster != inventory.cluster {
            throw Diagnostic.error(
                "drill.cluster", "--cluster \(cluster): the inventory's cluster is \(inventory.cluster)",
                hint: "check which inventory this is")
        }
        if isLab && yes || cluster != nil { return true }
        if isLab {
            guard canAsk else {
                throw Diagnostic.error(
                    "approval.missing", "nobody is there to agree to the drill: standard input is no terminal",
                    hint: "add --yes to carry it out without a question")
            }
            return await question.isAffirmed("Break the lab \(inventory.cluster)?")
        }
        guard canAsk else {
            throw Diagnostic.error(
                "drill.cluster", "the hosts are no lab containers of this machine, and nobody named the cluster",
                hint: "a drill breaks what applications use; if it is meant: --cluster \(inventory.cluster)")
        }
        let names = faults.map(\.rawValue).joined(separator: ", ")
        let words = question.style.paint(
            "\(names): these hosts are no lab. Applications will notice, and what only an old primary holds is thrown away.",
            .loud)
        return await question.text("\(words) Type the cluster's name to agree: ") == inventory.cluster
    }
}
