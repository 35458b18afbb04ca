@testable import CommandLine
import Diagnostics
import FoundationEssentials
import Planning
import Testing

@Suite struct SavedPlanTests {
    private let basis = PlanBasis(
        inventory: "a", hosts: ["db1": "primary on timeline 1"], changes: ["db2/postgresql.conf": "x"])

    private func plan(_ basis: PlanBasis) -> Plan {
        var plan = FakePlan.restart
        plan.basis = basis
        return plan
    }

    @Test("a saved plan is its owner's, holds no script, and still holds for the same state")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let options = Planner.Options(limit: ["db2"], without: ["db3"], restart: .standbys)
        try SavedPlan(plan(basis), scope: options).write(to: "\(folder.path)/plan")
        #expect(try folder.mode("plan") == 0o600)
        let document = try #require(JSONValue(try folder.text("plan")))
        #expect(
            document.keys == [
                "basis", "changes", "cluster", "format", "kumki", "limit", "restart", "summary", "without",
            ])
        #expect(!(try folder.text("plan").contains("exit 1")))
        let read = try SavedPlan(readingFrom: "\(folder.path)/plan")
        #expect(read.scope.limit == ["db2"] && read.scope.without == ["db3"] && read.scope.restart == .standbys)
        try read.check(against: plan(basis))
    }

    @Test("every difference to the state it was made from is named")
    func stale() throws {
        let folder = try TemporaryFolder()
        try SavedPlan(plan(basis), scope: Planner.Options()).write(to: "\(folder.path)/plan")
        let read = try SavedPlan(readingFrom: "\(folder.path)/plan")
        let newer = PlanBasis(
            inventory: "b", hosts: ["db1": "standby on timeline 2"], changes: ["db1/reload": "y"])
        let error = try #require(throws: Diagnostic.self) { try read.check(against: plan(newer)) }
        #expect(error.code == "plan.stale")
        for words in [
            "the inventory was edited", "db1: was primary on timeline 1, is standby on timeline 2",
            "db1/reload has come to need a change", "db2/postgresql.conf needs no change any more",
        ] { #expect(error.message.contains(words)) }
    }

    @Test("a plan of another version, and a file that is none, are refused", arguments: ["{}", "x", #"{"format": 1}"#])
    func unreadable(text: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(text, to: "plan")
        let error = try #require(throws: Diagnostic.self) { _ = try SavedPlan(readingFrom: path) }
        #expect(error.code == "plan.unreadable")
    }

    @Test("a plan saved by another kumki is refused")
    func otherVersion() throws {
        let folder = try TemporaryFolder()
        try SavedPlan(plan(basis), scope: Planner.Options()).write(to: "\(folder.path)/plan")
        let text = try folder.text("plan").replacing(Program.version, with: "9.9.9")
        let path = try folder.write(text, to: "other")
        let error = try #require(throws: Diagnostic.self) { _ = try SavedPlan(readingFrom: path) }
        #expect(error.message.contains("saved by kumki 9.9.9"))
    }
}
