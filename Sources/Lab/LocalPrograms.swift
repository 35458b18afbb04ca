import Diagnostics
package import Hosts
import Subprocess
import SystemPackage

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

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
        let input = try InputFile(command.input)
        do {
            let result = try await Subprocess.run(
                .name(command.program), arguments: Arguments(command.arguments), platformOptions: options,
                input: .fileDescriptor(input.descriptor, closeAfterSpawningProcess: false),
                output: .bytes(limit: largestOutput), error: .bytes(limit: largestOutput))
            let ending: Outcome.Ending =
                switch result.terminationStatus {
                case .exited(let code): .exit(code)
                case .signaled(let number): .signal(name(ofSignal: number))
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

    private static func name(ofSignal number: Int32) -> String {
        switch number {
        case SIGKILL: "KILL"
        case SIGTERM: "TERM"
        case SIGINT: "INT"
        case SIGABRT: "ABRT"
        case SIGSEGV: "SEGV"
        default: String(number)
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

/// What a program reads, in a file without a name.
///
/// Not a pipe: swift-subprocess 1.0.2 traps when a program ends before it has read all that is written to it, and the
/// signal of a broken pipe would end this process.
private final class InputFile: Sendable {
    let descriptor: FileDescriptor

    init(_ bytes: [UInt8]) throws {
        guard let file = tmpfile() else {
            throw Diagnostic.error("lab.program", "no temporary file: \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        descriptor = try FileDescriptor(rawValue: fileno(file)).duplicate()
        try descriptor.writeAll(bytes)
        try descriptor.seek(offset: 0, from: .start)
    }

    deinit { try? descriptor.close() }
}
