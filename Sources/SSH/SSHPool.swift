import Hosts
import Synchronization

/// The connections of a run, one a target, kept open and used again.
package actor SSHPool {
    private var hosts: [SSHTarget: SSHHost] = [:]

    package init() {}

    /// A connection to the target: the one there is, or a new one.
    ///
    /// - Throws: ``HostError`` `ssh.connect`, `ssh.busy`, `ssh.handshake`, `ssh.auth`, `ssh.identity`, `ssh.known-hosts`,
    ///   `ssh.host-key-unknown`, `ssh.host-key-changed`, `ssh.host-key-revoked`.
    package func host(_ target: SSHTarget) async throws -> SSHHost {
        if let host = hosts[target], host.isConnected { return host }
        let session = try await connect(target)
        guard let key = await session.hostKey else {
            throw HostError(
                code: "ssh.lost", host: target.name, message: "the connection was lost as soon as it was made")
        }
        let host = SSHHost(session, key, becomesRoot: target.becomeSudo)
        hosts[target] = host
        return host
    }

    /// Ends all connections.
    package func close() async {
        let open = hosts.values
        hosts = [:]
        for host in open { await host.close() }
    }

    /// Connects, and tries again while a busy sshd hangs up on new connections.
    private nonisolated func connect(_ target: SSHTarget) async throws -> Session {
        let deadline = ContinuousClock.now + target.connectTimeout
        var delay = Duration.milliseconds(100)
        while true {
            do {
                let session = Session(target)
                try await session.connect(limit: deadline - .now)
                return session
            } catch let error as HostError where error.code == "ssh.busy" && .now + delay < deadline {
                // Those that were turned away together must not come back together.
                try await Task.sleep(for: delay * Double.random(in: 0.5..<1.5))
                delay = min(delay * 2, .seconds(1))
            }
        }
    }
}
