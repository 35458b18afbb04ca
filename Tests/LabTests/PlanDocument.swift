import FoundationEssentials
import Hosts
import Inventory
import Lab
import Testing

/// What `plan --json` prints.
struct PlanDocument: Decodable, Sendable {
    struct Change: Decodable, Sendable {
        var id: String
        var host: String
        var step: String
        var action: String
        var reason: String
        var effect: String
        var destroysData: Bool
        var after: [String]
        var diff: String?
    }

    struct Summary: Decodable, Sendable {
        var create: Int
        var update: Int
        var delete: Int
        var run: Int
        var restart: Int
        var reload: Int
        var hosts: Int
    }

    var cluster: String
    var changes: [Change]
    var summary: Summary

    var ids: Set<String> { Set(changes.map(\.id)) }

    subscript(id: String) -> Change? { changes.first { $0.id == id } }

    /// All that a change waits for, directly or not.
    func predecessors(of id: String) -> Set<String> {
        var found: Set<String> = []
        var open = self[id]?.after ?? []
        while let next = open.popLast() {
            if found.insert(next).inserted { open += self[next]?.after ?? [] }
        }
        return found
    }

    init(json: String) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(Self.self, from: Data(json.utf8))
    }
}

/// What `verify --json` prints.
struct VerificationDocument: Decodable, Sendable {
    struct Check: Decodable, Sendable {
        var name: String
        var passed: Bool
        var detail: String
    }

    var passed: Bool
    var checks: [Check]
}

extension LabCluster {
    /// The plan as data; nothing is there to read when kumki ends with an error of the inventory.
    func plan(
        _ arguments: String..., expecting status: Int32, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> PlanDocument {
        let outcome = try await run(
            "plan", ["--json"] + arguments, expecting: status, sourceLocation: sourceLocation)
        return try PlanDocument(json: outcome.outputText)
    }

    /// Whether nothing is left to change, and every check of `verify` passes.
    func expectConverged(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let plan = try await plan(expecting: 0, sourceLocation: sourceLocation)
        #expect(plan.changes.map { "\($0.id): \($0.reason)" } == [], sourceLocation: sourceLocation)
        try await kumki("verify", expecting: 0, sourceLocation: sourceLocation)
    }

    /// Asks each server that runs, past kumki, whether it is primary.
    func expectOnePrimaryAtMost(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        var primaries: [String] = []
        for host in lab.topology.containers.map(\.host) {
            let asked = "cd / && runuser -u postgres -- psql -XAtqc 'SELECT pg_is_in_recovery()' 2>/dev/null || :"
            if try await shell(host, asked) == "f\n" { primaries.append(host) }
        }
        #expect(primaries.count <= 1, "\(primaries)", sourceLocation: sourceLocation)
    }

    /// Expects exactly these changes with these words in their reasons, has them carried out and nothing left.
    ///
    /// - Parameters:
    ///   - reasons: words of each expected change's reason, by the change's id.
    ///   - restarting: the hosts whose servers may start anew.
    @discardableResult
    func expectMended(
        _ reasons: [String: String], restarting: Set<String> = [], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> PlanDocument {
        let plan = try await plan(expecting: 2, sourceLocation: sourceLocation)
        for change in plan.changes where reasons[change.id] == nil {
            Issue.record("not expected: \(change.id): \(change.reason)", sourceLocation: sourceLocation)
        }
        for (id, words) in reasons.sorted(by: { $0.key < $1.key }) {
            guard let change = plan[id] else {
                Issue.record("missing in the plan: \(id)", sourceLocation: sourceLocation)
                continue
            }
            #expect(change.reason.contains(words), "\(id)", sourceLocation: sourceLocation)
        }
        let hosts = lab.inventory.databaseHosts.map(\.name).filter { !restarting.contains($0) }
        var started: [String: String] = [:]
        for host in hosts { started[host] = try await startTime(host, sourceLocation: sourceLocation) }
        try await kumki("apply", "--yes", expecting: 0, sourceLocation: sourceLocation)
        for host in hosts {
            let now = try await startTime(host, sourceLocation: sourceLocation)
            #expect(started[host] == now, "\(host) was restarted", sourceLocation: sourceLocation)
        }
        try await expectConverged(sourceLocation: sourceLocation)
        return plan
    }

    /// When a host's server started, as it says itself.
    func startTime(_ host: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        try await sql(
            host, "SELECT extract(epoch FROM pg_postmaster_start_time())", sourceLocation: sourceLocation)
    }
}
