import Glibc

struct ChildFailure: Error, CustomStringConvertible {
    let description: String
}

/// A program that a test started, killed when the test is done with it.
final class ChildProcess {
    let id: pid_t
    private var isReaped = false

    init(_ arguments: [String], output: String? = nil) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var id = pid_t()
        let words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let status = posix_spawnp(&id, arguments[0], &actions, nil, words, environ)
        if status != 0 { throw ChildFailure(description: "\(arguments[0]): \(String(cString: strerror(status)))") }
        self.id = id
    }

    deinit {
        stop()
    }

    func stop() {
        if isReaped { return }
        kill(id, SIGKILL)
        wait()
    }

    @discardableResult
    func wait() -> Int32 {
        if isReaped { return 0 }
        var status: Int32 = 0
        waitpid(id, &status, 0)
        isReaped = true
        return status
    }

    /// Runs a program to its end.
    static func run(_ arguments: String...) throws {
        let status = try ChildProcess(arguments).wait()
        if status != 0 { throw ChildFailure(description: "\(arguments.joined(separator: " ")): status \(status)") }
    }
}

/// Waits until a condition holds; false when it does not within the limit.
func eventually(within limit: Duration = .seconds(30), _ condition: () async throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        if .now > deadline { return false }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return true
}
