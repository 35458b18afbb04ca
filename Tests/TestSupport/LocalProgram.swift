package import Hosts
import Subprocess

/// A program of this machine, run to its end.
package enum LocalProgram {
    package static func run(_ program: String, _ arguments: [String] = [], input: [UInt8] = []) async throws -> Outcome
    {
        let result = try await Subprocess.run(
            .name(program), arguments: Arguments(arguments), input: .array(input), output: .bytes(limit: 16 << 20),
            error: .bytes(limit: 16 << 20))
        let ending: Outcome.Ending =
            switch result.terminationStatus {
            case .exited(let code): .exit(code)
            case .signaled(let number): .signal(String(number))
            }
        return Outcome(ending: ending, output: result.standardOutput, errors: result.standardError)
    }

    /// A script on the standard input of `sh -s`, as a host gets it.
    package static func shell(_ script: String) async throws -> Outcome {
        try await run("sh", ["-s"], input: Array(script.utf8))
    }
}
