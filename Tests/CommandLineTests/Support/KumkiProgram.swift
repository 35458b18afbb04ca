import FoundationEssentials
import Hosts
import Lab

/// The built `kumki`, run as a user runs it.
enum KumkiProgram {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// The built program lies beside the runner of the tests.
    private static var path: String {
        let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: runner).deletingLastPathComponent().path + "/kumki"
    }

    /// - Parameter folder: the working directory; by default the package's own.
    static func run(
        _ arguments: [String], in folder: String = Goldens.root, environment: [String: String] = [:]
    ) async throws -> Result {
        let words = ["-C", folder] + environment.map { "\($0.key)=\($0.value)" } + [path] + arguments
        let outcome = try await LocalPrograms().run(Command("env", words, limit: .seconds(120)))
        var status: Int32 = -1
        if case .exit(let code) = outcome.ending { status = code }
        return Result(status: status, output: outcome.outputText, errors: outcome.errorText)
    }

    static func run(_ arguments: String..., in folder: String = Goldens.root) async throws -> Result {
        try await run(arguments, in: folder)
    }
}
