import Hosts
import Synchronization

/// The connections of a run, one a target, kept open and used again.
package actor SSHPool {
    /// The session to use next; jump hosts are targets, too.
    private var current: [SSHTarget: Session] = [:]
    private var all: [Session] = []
    /// Who waits for the connection that somebody else is making.
    private var waiting: [SSHTarget: [CheckedContinuation<Session, any Error>]] = [:]

    package init() {}

    /// A connection to the target: the one there is, or a new one.
    ///
    /// - Throws: ``HostError`` `ssh.connect`, `ssh.busy`, `ssh.handshake`, `ssh.auth`, `ssh.identity`, `ssh.known-hosts`,
    ///   `ssh.host-key-unknown`, `ssh.host-key-changed`, `ssh.host-key-revoked`.
    package func host(_ target: SSHTarget) async throws -> SSHHost {
        let session = try await session(target)
        guard let key = await session.hostKey else {
            throw HostError(
                code: "ssh.lost", host: target.name, message: "the connection was lost as soon as it was made")
        }
        return SSHHost(session, key, becomesRoot: target.becomeSudo)
    }

    /// Ends all connections.
    package func close() async {
        let sessions = all
        all = []
        current = [:]
        for session in sessions { await session.close() }
    }

    /// The session there is, the one that is being made, or a new one.
    private func session(_ target: SSHTarget) async throws -> Session {
        if let session = current[target], session.isUsable.load(ordering: .relaxed) { return session }
        if waiting[target] != nil {
            do {
                return try await withCheckedThrowingContinuation { waiting[target]?.append($0) }
            } catch is CancellationError {
                // Who made it was cancelled, which does not mean us.
                try Task.checkCancellation()
                return try await session(target)
            }
        }
        waiting[target] = []
        let result: Result<Session, any Error>
        do {
            let session = try await connect(target)
            all.removeAll { !$0.isUsable.load(ordering: .relaxed) }
            all.append(session)
            current[target] = session
            result = .success(session)
        } catch {
            result = .failure(error)
        }
        for waiter in waiting.removeValue(forKey: target) ?? [] { waiter.resume(with: result) }
        return try result.get()
    }

    /// Connects, and tries again while a busy sshd hangs up on new connections.
    private func connect(_ target: SSHTarget) async throws -> Session {
        let deadline = ContinuousClock.now + target.connectTimeout
        var delay = Duration.milliseconds(100)
        while true {
            do {
                let tunnel = try await tunnel(to: target, deadline)
                let session = Session(target)
                try await session.connect(through: tunnel, limit: deadline - .now)
                return session
            } catch let error as HostError where error.code == "ssh.busy" && .now + delay < deadline {
                // Those that were turned away together must not come back together.
                try await Task.sleep(for: delay * Double.random(in: 0.5..<1.5))
                delay = min(delay * 2, .seconds(1))
            }
        }
    }

    /// The way through the target's jump host; nil when it has none.
    private func tunnel(to target: SSHTarget, _ deadline: ContinuousClock.Instant) async throws -> Descriptor? {
        guard let jump = target.jumpTarget else { return nil }
        while true {
            do {
                let session = try await session(jump)
                do {
                    return try await session.tunnel(to: target.address, port: target.port, limit: deadline - .now)
                } catch is TunnelDelayed {
                    if current[jump] === session { current[jump] = nil }
                }
            } catch var error as HostError {
                error.message = "the jump host \(error.host): \(error.message)"
                error.host = target.name
                throw error
            }
        }
    }
}
