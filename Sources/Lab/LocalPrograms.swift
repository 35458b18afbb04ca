import Diagnostics
package import Hosts
import Subprocess

/// Runs programs as children of this process, without a shell.
package struct LocalPrograms: ProgramRunner {
    /// The most that one stream of a program may hold: 64 MB.
    private static let largestOutput = 64 << 20

    package init() {}

    package func run(_ command: Command) async throws -> Outcome {
        try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask { try await Self.complete(command) }
            group.addTask {
                try await Task.sleep(for: command.limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let outcome = first else {
                throw Diagnostic.error(
                    "lab.timeout", "\(command.program) did not end within \(command.limit)",
                    hint: "look at what the machine is busy with, then run the command again")
            }
            return outcome
        }
    }

    /// Cancelling ends the child: SIGTERM, and SIGKILL two seconds later.
    private static func complete(_ command: Command) async throws -> Outcome {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
        do {
            let result = try await Subprocess.run(
                .name(command.program), arguments: Arguments(command.arguments), platformOptions: options,
                input: .array(command.input), output: .bytes(limit: largestOutput),
                error: .bytes(limit: largestOutput))
            let ending: Outcome.Ending =
                switch result.terminationStatus {
                case .exited(let code): .exit(code)
                case .signaled(let number): .signal(String(number))
                }
            return Outcome(ending: ending, output: result.standardOutput, errors: result.standardError)
        } catch let error as SubprocessError {
            if error.code == .executableNotFound {
                throw Diagnostic.error(
                    "lab.program-missing", "\(command.program) is not installed on this machine",
                    hint: "install it: apt-get install \(debianPackage(of: command.program))")
            }
            throw Diagnostic.error("lab.program", "\(command.program) can't be run: \(error)")
        }
    }

    private static func debianPackage(of program: String) -> String {
        switch program {
        case "ssh-keygen": "openssh-client"
        case "ip": "iproute2"
        case "docker": "docker.io"
        default: program
        }
    }
}
