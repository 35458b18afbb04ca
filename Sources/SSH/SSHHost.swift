import Diagnostics
package import Hosts
import Synchronization

/// A host reached over SSH.
package final class SSHHost: Host {
    package let name: String
    /// The key that the host proved to have, for the `known_hosts` of other hosts.
    package let hostKey: HostKey

    private let session: Session
    private let becomesRoot: Bool

    init(_ session: Session, _ hostKey: HostKey, becomesRoot: Bool) {
        name = session.target.name
        self.session = session
        self.hostKey = hostKey
        self.becomesRoot = becomesRoot
    }

    /// False once the connection is lost or closed.
    package var isConnected: Bool { session.isUsable.load(ordering: .relaxed) }

    /// - Throws: ``HostError`` `ssh.timeout`, `ssh.lost`, `ssh.sudo`, `ssh.shell`, `ssh.channel`.
    package func run(_ script: Script) async throws -> Outcome {
        try opened(
            await session.run(
                command(script.limit, "sh -s"), input: Envelope.seal(script.text.revealed), limit: script.limit,
                what: "a script"))
    }

    /// - Throws: as ``run(_:)``, and `ssh.upload` when the file can't be written.
    package func upload(_ bytes: [UInt8], to path: String, limit: Duration) async throws {
        let script = Envelope.seal(command: #"umask 077; rm -f -- "$1"; set -C; cat >"$1""#)
        let outcome = try opened(
            await session.run(
                command(limit, "sh -c \(quoted(script)) sh \(quoted(path))"), input: bytes, limit: limit,
                what: "the upload of \(path)"))
        if !outcome.succeeded {
            throw failure(
                "ssh.upload", "\(path) can't be written: \(words(outcome))",
                hint: "see that its directory exists, has room, and belongs to the account that kumki works as")
        }
    }

    /// - Throws: as ``run(_:)``, and `ssh.hold` with the exit status when the script ends before it prints a line.
    package func hold(_ script: Script) async throws -> any Hold {
        let start = try await session.hold(
            command(nil, "sh -s"), input: Envelope.seal(script.text.revealed), limit: script.limit,
            what: "the start of a script")
        switch start {
        case .holds(let channel, let greeting):
            return SSHHold(greeting: greeting, session: session, channel: channel)
        case .ended(let outcome):
            let outcome = try opened(outcome)
            let status: Int32? = if case .exit(let status) = outcome.ending { status } else { nil }
            var error = failure(
                "ssh.hold", "the script ended (\(outcome.ending.inWords)): \(words(outcome))", hint: nil)
            error.status = status
            throw error
        }
    }

    package func close() async {
        await session.close()
    }

    // MARK: - Commands

    /// A command for the account's login shell, whichever shell that is.
    ///
    /// The host itself ends what is still running a little after we have given up on it.
    private func command(_ limit: Duration?, _ command: String) -> String {
        let become = becomesRoot ? "sudo -n -- " : ""
        let bound = limit.map { "timeout -k 5 \($0.components.seconds + 2) " } ?? ""
        return "exec \(become)\(bound)\(command)"
    }

    private func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }

    /// The outcome without what the envelope printed.
    ///
    /// - Throws: ``HostError`` `ssh.sudo` or `ssh.shell` when the shell was never reached, `ssh.lost` when the host
    ///   claims success of what did not get to its end.
    private func opened(_ outcome: Outcome) throws -> Outcome {
        var outcome = outcome
        let (begun, ended) = Envelope.open(&outcome.errors)
        if begun && (ended || !outcome.succeeded) { return outcome }
        if begun {
            throw failure(
                "ssh.lost", "the host closed the script's channel before the script ended: \(words(outcome))",
                hint: "see whether its sshd_config sets ChannelTimeout, then run the same command again")
        }
        if becomesRoot {
            throw failure(
                "ssh.sudo", "sudo did not start the script (\(outcome.ending.inWords)): \(words(outcome))",
                hint: "give the account a rule without a password (`\(account) ALL=(root) NOPASSWD: ALL` in "
                    + "/etc/sudoers.d), or connect as root with `ssh.become: none`")
        }
        throw failure(
            "ssh.shell", "the login shell did not start the script (\(outcome.ending.inWords)): \(words(outcome))",
            hint: "see that the account's shell, and a forced command of its key, let it run `timeout` and `sh`")
    }

    private var account: String { session.target.user ?? Account.name }

    /// The last thing that was said.
    private func words(_ outcome: Outcome) -> String {
        let said = [outcome.errorText, outcome.outputText].map { $0.split(whereSeparator: \.isNewline).suffix(3) }
        guard let lines = said.first(where: { !$0.isEmpty }) else { return "it said nothing" }
        return lines.joined(separator: "; ")
    }

    private func failure(_ code: String, _ message: String, hint: String?) -> HostError {
        HostError(code: code, host: name, message: message, hint: hint)
    }
}

extension Outcome.Ending {
    fileprivate var inWords: String {
        switch self {
        case .exit(let status): "exit status \(status)"
        case .signal(let name): "signal \(name)"
        }
    }
}
