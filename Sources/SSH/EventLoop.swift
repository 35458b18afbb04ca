import CEpoll
import Glibc
import Synchronization

/// The one thread on which all sessions run: an executor that sleeps in `epoll_wait`.
///
/// libssh2 is driven without blocking, so a single thread serves every host; it lives as long as the process.
final class EventLoop: SerialExecutor {
    static let shared = EventLoop()

    /// What a token stands for: a watched descriptor or a timer.
    typealias Token = UInt64

    private struct Timer {
        let token: Token
        let deadline: ContinuousClock.Instant
        let action: @Sendable () -> Void
    }

    private struct Watcher {
        /// Kept open while it is watched: its number must not come to mean another file.
        let descriptor: Descriptor
        let action: @Sendable (UInt32) -> Void
    }

    private struct State {
        var jobs: [UnownedJob] = []
        var posted: [@Sendable () -> Void] = []
        var watchers: [Token: Watcher] = [:]
        /// Soonest last.
        var timers: [Timer] = []
        var lastToken: Token = 0

        mutating func nextToken() -> Token {
            lastToken += 1
            return lastToken
        }
    }

    private let state = Mutex(State())
    private let epoll: Int32
    private let alarm: Int32
    private let thread = Atomic<UInt>(0)

    private init() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        alarm = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data(u64: 0))
        let watched = epoll >= 0 && alarm >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, alarm, &event) == 0
        precondition(watched, "the event loop could not start: \(SystemFailure("epoll", errno).words)")
        var id = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(
            &id, nil,
            { context in
                if let context { Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue().turn() }
                return nil
            }, context)
        precondition(status == 0, "the event loop could not start: \(SystemFailure("pthread_create", status).words)")
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        ring()
    }

    func isIsolatingCurrentContext() -> Bool? {
        thread.load(ordering: .relaxed) == UInt(pthread_self())
    }

    /// Runs a short action on the loop's thread.
    func post(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.posted.append(action) }
        ring()
    }

    /// Calls `action` on the loop's thread whenever the descriptor becomes readable, writable or is hung up on.
    ///
    /// Edge-triggered: a change is told once, so the caller tries until it must wait, and only then waits.
    /// - Throws: ``SystemFailure`` when the system has no room for one more.
    func watch(_ descriptor: Descriptor, _ action: @escaping @Sendable (UInt32) -> Void) throws(SystemFailure) -> Token
    {
        let token = state.withLock { state in
            let token = state.nextToken()
            state.watchers[token] = Watcher(descriptor: descriptor, action: action)
            return token
        }
        let events = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        var event = epoll_event(events: events, data: epoll_data(u64: token))
        if epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor.number, &event) != 0 {
            let failure = SystemFailure("epoll_ctl", errno)
            forget(token)
            throw failure
        }
        return token
    }

    func at(_ deadline: ContinuousClock.Instant, _ action: @escaping @Sendable () -> Void) -> Token {
        let token = state.withLock { state in
            let timer = Timer(token: state.nextToken(), deadline: deadline, action: action)
            let index = state.timers.firstIndex { $0.deadline <= deadline } ?? state.timers.endIndex
            state.timers.insert(timer, at: index)
            return timer.token
        }
        ring()
        return token
    }

    /// Drops a timer or a watched descriptor.
    func forget(_ token: Token) {
        state.withLock { state in
            if let watcher = state.watchers.removeValue(forKey: token) {
                epoll_ctl(epoll, EPOLL_CTL_DEL, watcher.descriptor.number, nil)
            } else {
                state.timers.removeAll { $0.token == token }
            }
        }
    }

    private func ring() {
        if isIsolatingCurrentContext() == true { return }
        eventfd_write(alarm, 1)
    }

    private func turn() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            runWhatIsDue()
            let count = epoll_wait(epoll, &events, Int32(events.count), sleepMilliseconds())
            for event in events.prefix(Int(max(0, count))) {
                let token = event.data.u64
                if token == 0 {
                    var rings: eventfd_t = 0
                    eventfd_read(alarm, &rings)
                } else {
                    state.withLock { $0.watchers[token]?.action }?(event.events)
                }
            }
        }
    }

    private func runWhatIsDue() {
        let now = ContinuousClock.now
        let (jobs, posted, due) = state.withLock { state in
            let due = state.timers.reversed().prefix { $0.deadline <= now }
            state.timers.removeLast(due.count)
            defer { (state.jobs, state.posted) = ([], []) }
            return (state.jobs, state.posted, due.map(\.action))
        }
        for action in posted { action() }
        for action in due { action() }
        for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
    }

    /// What `epoll_wait` takes: -1 is for ever.
    private func sleepMilliseconds() -> Int32 {
        let next: ContinuousClock.Instant? = state.withLock { state in
            if !state.jobs.isEmpty || !state.posted.isEmpty { return .now }
            return state.timers.last?.deadline
        }
        guard let next else { return -1 }
        let left = next - .now
        if left <= .zero { return 0 }
        return Int32(
            clamping: left.components.seconds * 1_000 + left.components.attoseconds / 1_000_000_000_000_000 + 1)
    }
}
