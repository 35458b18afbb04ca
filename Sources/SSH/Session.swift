import CEpoll
import CLibSSH2
import Hosts
import Synchronization

/// One SSH connection, shared by everything that runs on its host.
///
/// libssh2 keeps the state of a half-done call in the session, so several channels at once need three rules:
/// a call that could not send all its bytes is finished before any other call is made (`owner`); bytes that
/// arrive may belong to anybody, so everybody looks again (`wakeAll`); channels are opened one at a time
/// (`SessionChannels.swift`).
actor Session {
    nonisolated let target: SSHTarget
    nonisolated let loop = EventLoop.shared
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// False before the host has accepted us and from the moment that the connection is lost.
    nonisolated let isUsable = Atomic(false)

    /// Nil before the socket is connected and after the connection is lost.
    var library: Library?
    var hostKey: HostKey?
    private(set) var loss: String?

    var channels: [Int: OpaquePointer] = [:]
    /// Channels whose command waits for its release.
    var holds: Set<Int> = []
    var isOpening = false
    var scratch = [UInt8](repeating: 0, count: 32 << 10)

    /// Counts the occasions to look again.
    private(set) var wakes = 0
    private var operations: [Int: Operation] = [:]
    private var owner: Int?
    private var lastID = 0
    private var watched: [EventLoop.Token] = []
    private var pulse = Pulse()

    init(_ target: SSHTarget) {
        self.target = target
    }

    deinit {
        for token in watched { loop.forget(token) }
        if let timer = pulse.timer { loop.forget(timer) }
    }

    func nextID() -> Int {
        lastID += 1
        return lastID
    }

    /// Runs `body` as one operation that ends, at the latest, when its limit passes or its task is cancelled.
    ///
    /// - Parameters:
    ///   - limit: nil for what lives as long as the connection.
    ///   - code: the code of the error that says that the limit has passed.
    func operate<Value: Sendable>(
        _ what: String, limit: Duration?, code: String = "ssh.timeout", isCancellable: Bool = true,
        _ body: (Operation) async throws -> Value
    ) async throws -> Value {
        let operation = Operation(id: nextID(), what: what, limit: limit ?? .zero, code: code)
        let id = operation.id
        operations[id] = operation
        let timer = limit.map { limit in
            loop.at(.now + limit) { [weak self] in self?.assumeIsolated { $0.end(id) { $0.isExpired = true } } }
        }
        defer {
            if let timer { loop.forget(timer) }
            operations[id] = nil
        }
        do {
            if !isCancellable { return try await body(operation) }
            return try await withTaskCancellationHandler {
                try await body(operation)
            } onCancel: { [weak self, loop] in
                loop.post { self?.assumeIsolated { $0.end(id) { $0.isCancelled = true } } }
            }
        } catch let error as LibraryError {
            throw failure("ssh.protocol", call: error.call, "\(operation.what) failed: \(error.words)")
        }
    }

    /// One libssh2 call: its result, or nil when the host has to say something first.
    ///
    /// - Throws: ``LibraryError`` when the call fails, ``HostError`` when the connection is lost or the limit passes,
    ///   `CancellationError`.
    func attempt(_ operation: Operation, _ call: String, _ body: (OpaquePointer) -> Int) async throws -> Int? {
        while let owner, owner != operation.id { try await pause(operation, since: wakes) }
        while true {
            try check(operation)
            guard let library else { throw lost(operation) }
            let before = library.traffic.received
            let result = body(library.session)
            let mustWait = result == Int(LIBSSH2_ERROR_EAGAIN)
            let isHalfSent =
                mustWait && libssh2_session_block_directions(library.session) & LIBSSH2_SESSION_BLOCK_OUTBOUND != 0
            let words = result < 0 && !mustWait ? library.lastWords : ""
            let wasOwner = owner != nil
            owner = isHalfSent ? operation.id : nil
            if library.traffic.received != before || wasOwner && !isHalfSent { wakeAll() }
            if !mustWait {
                if result < 0 { throw failed(operation, call, Int32(result), words) }
                return result
            }
            if !isHalfSent { return nil }
            try await pause(operation, since: wakes)
        }
    }

    /// One libssh2 call, waited for to its end.
    @discardableResult
    func finish(_ operation: Operation, _ call: String, _ body: (OpaquePointer) -> Int) async throws -> Int {
        while true {
            let mark = wakes
            if let result = try await attempt(operation, call, body) { return result }
            try await pause(operation, since: mark)
        }
    }

    /// Waits until something may have changed since `wakes` was `mark`.
    func pause(_ operation: Operation, since mark: Int) async throws {
        try check(operation)
        if wakes != mark { return }
        await withCheckedContinuation { operation.waiter = $0 }
        try check(operation)
    }

    /// Waits until a condition holds, at most for a while, and says whether it does.
    func wait(_ operation: Operation, atMost duration: Duration, until condition: () -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + duration
        let timer = loop.at(end) { [weak self] in self?.assumeIsolated { $0.wakeAll() } }
        defer { loop.forget(timer) }
        while !condition() {
            if .now >= end { return false }
            try await pause(operation, since: wakes)
        }
        return true
    }

    /// Lets the other sessions of the loop have their turn: a stream that always has more would keep it to itself.
    func giveWay() async {
        await Task.yield()
    }

    func wakeAll() {
        wakes += 1
        for operation in operations.values { operation.wake() }
    }

    /// Has everybody look again whenever the descriptor changes.
    ///
    /// - Parameter isConnection: whether its end is the end of the session.
    func watch(_ descriptor: Descriptor, isConnection: Bool = false) throws -> EventLoop.Token {
        do {
            let token = try loop.watch(descriptor) { [weak self] events in
                self?.assumeIsolated { $0.changed(events, isConnection: isConnection) }
            }
            watched.append(token)
            return token
        } catch {
            throw failure("ssh.connect", call: error.call, error.words)
        }
    }

    func unwatch(_ token: EventLoop.Token) {
        loop.forget(token)
        watched.removeAll { $0 == token }
    }

    private func changed(_ events: UInt32, isConnection: Bool) {
        let ended = events & (EPOLLHUP.rawValue | EPOLLERR.rawValue | EPOLLRDHUP.rawValue) != 0
        if isConnection && ended && operations.isEmpty { lose("the host closed it") }
        wakeAll()
    }

    private func end(_ id: Int, _ mark: (Operation) -> Void) {
        guard let operation = operations[id] else { return }
        mark(operation)
        operation.wake()
    }

    private func check(_ operation: Operation) throws {
        if loss != nil { throw lost(operation) }
        if !operation.isExpired && !operation.isCancelled { return }
        // Nobody else could ever finish the packet.
        if owner == operation.id { lose("a packet was left half sent") }
        if operation.isCancelled { throw CancellationError() }
        throw failure(operation.code, "\(operation.what) took longer than \(operation.limit.inWords)")
    }

    // MARK: - The end

    /// Ends the connection; every operation under way fails with `ssh.lost`.
    func lose(_ reason: String) {
        if loss != nil { return }
        loss = reason
        isUsable.store(false, ordering: .relaxed)
        for token in watched { loop.forget(token) }
        watched = []
        if let timer = pulse.timer { loop.forget(timer) }
        channels = [:]
        library?.cut()
        library = nil
        wakeAll()
    }

    func close() {
        if let library, owner == nil {
            libssh2_session_disconnect_ex(library.session, SSH_DISCONNECT_BY_APPLICATION, "", "")
        }
        lose("it was closed here")
    }

    // MARK: - Keepalive

    private struct Pulse {
        var timer: EventLoop.Token?
        var received = 0
        var isAsked = false
        var unanswered = 0
    }

    /// From now on a host that stays silent is asked whether it lives.
    func startPulse() {
        pulse.timer = loop.at(.now + target.keepalive) { [weak self] in self?.assumeIsolated { $0.beat() } }
    }

    private func beat() {
        guard let library else { return }
        if library.traffic.received != pulse.received {
            pulse.received = library.traffic.received
            pulse.isAsked = false
            pulse.unanswered = 0
        } else if pulse.isAsked {
            pulse.unanswered += 1
        }
        if pulse.unanswered >= 3 {
            return lose("the host has not answered for \((target.keepalive * 3).inWords)")
        }
        // While nothing runs nobody reads answers: then the packet only keeps firewalls from forgetting the connection.
        let isHeard = !operations.isEmpty
        if owner != nil {
            // A packet that the host does not take is a question, too.
            pulse.isAsked = isHeard
        } else if library.socket.isWritable {
            let sent = library.traffic.sent
            libssh2_keepalive_config(library.session, isHeard ? 1 : 0, 1)
            if libssh2_keepalive_send(library.session, nil) < 0 { return lose(library.lastWords) }
            // libssh2 sends at most one a second.
            if isHeard && library.traffic.sent != sent { pulse.isAsked = true }
        }
        startPulse()
    }

    // MARK: - Errors

    func failure(_ code: String, call: String? = nil, _ message: String, hint: String? = nil) -> HostError {
        HostError(code: code, host: target.name, call: call, message: message, hint: hint)
    }

    private func lost(_ operation: Operation) -> HostError {
        failure(
            "ssh.lost", "the connection was lost during \(operation.what): \(loss ?? "it was never made")",
            hint: "see whether the host is up, then run the same command again")
    }

    private func failed(_ operation: Operation, _ call: String, _ status: Int32, _ words: String) -> any Error {
        let ends = [
            LIBSSH2_ERROR_SOCKET_SEND, LIBSSH2_ERROR_SOCKET_RECV, LIBSSH2_ERROR_SOCKET_DISCONNECT,
            LIBSSH2_ERROR_SOCKET_TIMEOUT, LIBSSH2_ERROR_DECRYPT, LIBSSH2_ERROR_INVALID_MAC, LIBSSH2_ERROR_BAD_USE,
        ]
        if isUsable.load(ordering: .relaxed) && ends.contains(status) {
            lose("\(words) (\(call), \(status))")
            return lost(operation)
        }
        return LibraryError(status: status, call: call, words: words)
    }
}
