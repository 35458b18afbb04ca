import Diagnostics
import FoundationEssentials
import Planning

/// A plan on disk: what was shown and what it was computed from, without scripts and without secrets.
struct SavedPlan: Sendable {
    /// Counts up whenever a file of before can't be read any more.
    static let format = 1

    private let head: Head
    private let payload: PlanPayload?

    private struct Head: Codable, Sendable {
        var format: Int
        var kumki: String
        var cluster: String
        var limit: [String]
        var without: [String]
        var restart: String
        var basis: PlanBasis
    }

    private struct Document: Encodable {
        var head: Head
        var payload: PlanPayload?

        func encode(to encoder: any Encoder) throws {
            try head.encode(to: encoder)
            try payload?.encode(to: encoder)
        }
    }

    init(_ plan: Plan, scope: Planner.Options) {
        head = Head(
            format: Self.format, kumki: Program.version, cluster: plan.cluster, limit: scope.limit.sorted(),
            without: scope.without.sorted(), restart: scope.restart.rawValue, basis: plan.basis)
        payload = PlanPayload(plan)
    }

    /// - Throws: `Diagnostic` `plan.unreadable`.
    init(readingFrom path: String) throws(Diagnostic) {
        let hint = "save it again with `kumki plan INVENTORY --out \(path)`"
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw .error("plan.unreadable", "\(path) can't be read", hint: "check the path")
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .useDefaultKeys
        guard let head = try? decoder.decode(Head.self, from: data) else {
            throw .error("plan.unreadable", "\(path) is no saved plan", hint: hint)
        }
        guard head.format == Self.format, head.kumki == Program.version else {
            throw .error(
                "plan.unreadable", "\(path) was saved by kumki \(head.kumki), this is \(Program.version)", hint: hint)
        }
        self.head = head
        payload = nil
    }

    /// What was asked for when it was made.
    var scope: Planner.Options {
        Planner.Options(
            limit: Set(head.limit), without: Set(head.without),
            restart: Planner.RestartPolicy(rawValue: head.restart) ?? .all)
    }

    /// - Throws: `Diagnostic` `plan.stale`, with every difference in words.
    func check(against plan: Plan) throws(Diagnostic) {
        var differences = head.basis.differences(from: plan.basis)
        if head.cluster != plan.cluster {
            differences.insert("it was made for cluster \(head.cluster), this is \(plan.cluster)", at: 0)
        }
        if differences.isEmpty { return }
        throw .error(
            "plan.stale",
            "the saved plan no longer holds, so nothing was changed: \(differences.joined(separator: "; "))",
            hint: "look at the difference, then save a new one with `kumki plan INVENTORY --out FILE`")
    }

    /// Only its owner may read it.
    ///
    /// - Throws: `Diagnostic` `file.unwritable`.
    func write(to path: String) throws(Diagnostic) {
        let text = JSONDocument.text(of: Document(head: head, payload: payload))
        try LocalFile.write(text, to: path, mode: 0o600)
    }
}
