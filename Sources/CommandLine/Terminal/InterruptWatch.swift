import Glibc
import Graph
import Synchronization

/// Where the signal handler writes to; it may do no more than that.
private let wakeDescriptor = Atomic<Int32>(-1)

/// Ctrl-C and SIGTERM of a command that changes hosts.
///
/// While steps run, the first one asks for a stop: what runs is finished, nothing new starts. A second Ctrl-C, or one
/// while nothing runs, leaves at once; the locks on the hosts are gone with the connections.
final class InterruptWatch: Sendable {
    let stop = StopSignal()
    private let stepsRun = Atomic(false)
    private let say: @Sendable (String) -> Void

    /// - Parameter say: shows a line on standard error.
    init(say: @escaping @Sendable (String) -> Void) {
        self.say = say
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
        wakeDescriptor.store(ends[1], ordering: .releasing)
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                let saved = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(wakeDescriptor.load(ordering: .acquiring), &byte, 1)
                errno = saved
            }
        }
        let reader = ends[0]
        BlockingThread.start { self.listen(on: reader) }
    }

    /// Tells whether steps run now.
    func stepsRun(_ value: Bool) {
        stepsRun.store(value, ordering: .releasing)
    }

    private func listen(on descriptor: Int32) {
        var byte: UInt8 = 0
        while true {
            let count = read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            if count != 1 { return }
            received(Int32(byte))
        }
    }

    private func received(_ number: Int32) {
        guard stepsRun.load(ordering: .acquiring) else { leave("interrupted") }
        if stop.isRequested {
            if number == SIGINT {
                leave("left at once; what ran on the hosts ends by itself. Run the same command again")
            }
            return
        }
        stop.request()
        say("stopping: what runs is finished, nothing new starts; Ctrl-C once more leaves at once")
    }

    private func leave(_ words: String) -> Never {
        say(words)
        _exit(1)
    }
}
