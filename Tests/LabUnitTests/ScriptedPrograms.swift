import Hosts
import Lab
import Synchronization
import Testing

/// Answers programs from a script; one that it was not told about is a failure of the test.
final class ScriptedPrograms: ProgramRunner {
    struct Answer: Sendable {
        var start: String
        var outcomes: [Outcome]
    }

    private struct State {
        var answers: [Answer] = []
        var asked: [String] = []
    }

    private let state = Mutex(State())

    /// Every command so far, its words joined by spaces.
    var asked: [String] { state.withLock { $0.asked } }

    func asked(startingWith start: String) -> [String] { asked.filter { $0.hasPrefix(start) } }

    /// Commands that start so are answered in turn; the last answer stays.
    func answer(_ start: String, _ outcomes: Outcome...) {
        state.withLock { state in
            state.answers.removeAll { $0.start == start }
            state.answers.append(Answer(start: start, outcomes: outcomes))
        }
    }

    func run(_ command: Command) async throws -> Outcome {
        let line = ([command.program] + command.arguments).joined(separator: " ")
        let outcome: Outcome? = state.withLock { state in
            state.asked.append(line)
            let matching = state.answers.indices.filter { line.hasPrefix(state.answers[$0].start) }
            guard let index = matching.max(by: { state.answers[$0].start.count < state.answers[$1].start.count })
            else { return nil }
            let outcome = state.answers[index].outcomes.first
            if state.answers[index].outcomes.count > 1 { state.answers[index].outcomes.removeFirst() }
            return outcome
        }
        if outcome == nil { Issue.record("nobody expected: \(line)") }
        return outcome ?? .failed("nobody expected this")
    }
}

extension Outcome {
    static func said(_ text: String = "") -> Outcome { Outcome(ending: .exit(0), output: Array(text.utf8)) }

    static func failed(_ words: String = "", _ code: Int32 = 125) -> Outcome {
        Outcome(ending: .exit(code), errors: Array(words.utf8))
    }
}
