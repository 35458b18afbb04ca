import FoundationEssentials
import Glibc

/// A program run to its end, its streams kept in files of a folder.
struct Command {
    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let folder: String

    /// Fails the test unless the program exits with 0.
    @discardableResult
    func run(_ words: [String], input: String = "", environment: [String: String] = [:]) throws -> String {
        let outcome = try outcome(words, input: input, environment: environment)
        guard outcome.status == 0 else {
            throw Failure(description: "\(words): status \(outcome.status)\n\(outcome.output)\(outcome.errors)")
        }
        return outcome.output
    }

    func outcome(_ words: [String], input: String = "", environment: [String: String] = [:]) throws -> Outcome {
        let base = "\(folder)/command-\(UInt64.random(in: 0 ... .max))"
        defer { for suffix in ["in", "out", "err"] { unlink("\(base).\(suffix)") } }
        try Data(input.utf8).write(to: URL(filePath: "\(base).in"))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "\(base).in", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "\(base).out", O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "\(base).err", O_WRONLY | O_CREAT, 0o600)
        let variables = ["PATH=/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL=C.UTF-8"] + environment.map { "\($0)=\($1)" }
        var process = pid_t()
        let code = withStrings(words) { words in
            withStrings(variables) { posix_spawnp(&process, words[0] ?? strdup(""), &actions, nil, words, $0) }
        }
        guard code == 0 else { throw Failure(description: "\(words[0]): \(String(cString: strerror(code)))") }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return Outcome(
            status: status == 0 ? 0 : max(1, status >> 8 & 0xFF), output: try text("\(base).out"),
            errors: try text("\(base).err"))
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }

    private func withStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
