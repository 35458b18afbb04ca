import Glibc

/// An open file descriptor, closed with its last reference.
final class Descriptor: Sendable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// Two connected stream sockets, neither of which blocks.
    static func pair() throws(SystemFailure) -> (Descriptor, Descriptor) {
        var both: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        if socketpair(AF_UNIX, kind, 0, &both) != 0 { throw SystemFailure("socketpair", errno) }
        return (Descriptor(both[0]), Descriptor(both[1]))
    }

    /// What is left of an asynchronous `connect`; nil when it succeeded.
    var pendingError: SystemFailure? {
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        if getsockopt(number, SOL_SOCKET, SO_ERROR, &error, &length) != 0 { error = errno }
        return error == 0 ? nil : SystemFailure("connect", error)
    }

    /// Whether a write would not have to wait, be it that it fails.
    var isWritable: Bool {
        var entry = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, 0) == 1
    }

    /// How many bytes were read, 0 at the end; nil when there is nothing yet.
    func receive(into buffer: inout [UInt8]) throws(SystemFailure) -> Int? {
        let count = recv(number, &buffer, buffer.count, 0)
        if count >= 0 { return count }
        if errno == EAGAIN { return nil }
        throw SystemFailure("recv", errno)
    }

    /// How many bytes were taken; nil when there is no room yet.
    func send(_ bytes: ArraySlice<UInt8>) throws(SystemFailure) -> Int? {
        let count = bytes.withUnsafeBytes { Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count >= 0 { return count }
        if errno == EAGAIN { return nil }
        throw SystemFailure("send", errno)
    }
}
