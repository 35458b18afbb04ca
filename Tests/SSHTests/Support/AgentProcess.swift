import FoundationEssentials
import Glibc

/// An ssh-agent of one test's own.
final class AgentProcess {
    let socket: String
    private let process: ChildProcess

    init(_ workplace: Workplace, keys: [String]) async throws {
        let socket = "\(workplace.path)/agent"
        self.socket = socket
        process = try ChildProcess(["ssh-agent", "-D", "-a", socket])
        // The socket is there a moment before anybody listens; ssh-add ends with 2 when nobody answers.
        let isListening = try await eventually {
            try ChildProcess(["env", "SSH_AUTH_SOCK=\(socket)", "ssh-add", "-l"]).wait() >> 8 < 2
        }
        if !isListening { throw ChildFailure(description: "no agent") }
        for key in keys { try ChildProcess.run("env", "SSH_AUTH_SOCK=\(socket)", "ssh-add", "-q", key) }
    }

    func pause() {
        kill(process.id, SIGSTOP)
    }
}
