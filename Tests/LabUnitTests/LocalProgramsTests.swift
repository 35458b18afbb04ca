import Diagnostics
import Hosts
import Lab
import Testing

@Suite("Programs of this machine")
struct LocalProgramsTests {
    private func sh(_ script: String, input: String = "", limit: Duration = .seconds(20)) async throws -> Outcome {
        try await LocalPrograms().run(Command("sh", ["-c", script], input: Array(input.utf8), limit: limit))
    }

    @Test("both streams and the exit status come back")
    func streams() async throws {
        let outcome = try await sh("echo out; echo err >&2; exit 3")
        #expect(outcome == Outcome(ending: .exit(3), output: Array("out\n".utf8), errors: Array("err\n".utf8)))
    }

    @Test("a megabyte goes in and comes out whole")
    func large() async throws {
        let text = String(repeating: "0123456789abcde\n", count: 1 << 16)
        #expect(try await sh("cat", input: text).outputText == text)
    }

    @Test("input that nobody reads is no error")
    func unread() async throws {
        #expect(try await sh("exit 0", input: String(repeating: "x", count: 1 << 20)).succeeded)
    }

    @Test("a program killed by a signal says so")
    func signal() async throws {
        #expect(try await sh("kill -KILL $$").ending == .signal("KILL"))
    }

    @Test("a program that does not end in time is ended", .timeLimit(.minutes(1)))
    func timeLimit() async {
        let error = await #expect(throws: Diagnostic.self) { try await sh("exec sleep 50", limit: .milliseconds(200)) }
        #expect(error?.code == "lab.timeout")
    }

    @Test("a program that is not there is named, with the package to install")
    func missing() async {
        let error = await #expect(throws: Diagnostic.self) {
            try await LocalPrograms().run(Command("kumki-no-such-program", []))
        }
        #expect(error?.code == "lab.program-missing")
        #expect(error?.message.contains("kumki-no-such-program") == true)
    }
}
