@testable import CommandLine
import FoundationEssentials
import Testing

@Suite struct LockHolderTests {
    @Test("a second operator is told who, where, since when and what for")
    func text() {
        let holder = LockHolder(
            user: "alice", machine: "laptop", process: 4711, since: Date(timeIntervalSince1970: 1_795_230_724),
            command: "apply")
        #expect(holder.text == "alice@laptop (pid 4711) since 2026-11-21 03:12:04 UTC, apply")
    }
}
