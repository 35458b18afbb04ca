@testable import CommandLine
import Diagnostics
import Resources
import Testing

@Suite struct ApprovalTests {
    private func approval(yes: Bool = false, destroy: Set<String> = []) -> Approval {
        Approval(yes: yes, destroy: destroy, question: Question(style: .plain), canAsk: false)
    }

    @Test("where nobody can be asked, --yes is needed")
    func yes() async throws {
        #expect(try await approval(yes: true).isGiven(for: FakePlan.restart))
        let error = try await #require(throws: Diagnostic.self) {
            _ = try await approval().isGiven(for: FakePlan.restart)
        }
        #expect(error.code == "approval.missing")
    }

    @Test("--yes is never enough to destroy data; the host's name is")
    func destroy() async throws {
        let plan = FakePlan.plan([
            FakePlan.change("db2/basebackup", .create, "another cluster", effect: .rebuild, destroysData: true)
        ])
        let error = try await #require(throws: Diagnostic.self) { _ = try await approval(yes: true).isGiven(for: plan) }
        #expect(error.code == "approval.destroy")
        #expect(error.hint?.contains("--approve-destroy db2") == true)
        _ = try await #require(throws: Diagnostic.self) {
            _ = try await approval(yes: true, destroy: ["db1"]).isGiven(for: plan)
        }
        #expect(try await approval(yes: true, destroy: ["db2"]).isGiven(for: plan))
    }
}
