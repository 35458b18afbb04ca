import CLibSSH2
import Glibc

/// A libssh2 session on a socket; both end with the last reference.
///
/// The socket is read and written by callbacks of ours: to count what arrives, to acknowledge at once, and so that
/// a write to a closed socket is an error and not a signal.
final class Library {
    /// What the callbacks need; it outlives the libssh2 session.
    final class Traffic {
        fileprivate(set) var received = 0
        fileprivate(set) var sent = 0
        fileprivate let isTCP: Bool
        /// Set before the session is freed, so that freeing it never waits for the network.
        fileprivate(set) var isCut = false

        fileprivate init(isTCP: Bool) {
            self.isTCP = isTCP
        }
    }

    /// `libssh2_init` counts its calls without a lock: it is called once, from here.
    private static let status = libssh2_init(0)

    /// From 1.11 on RSA keys sign with SHA-2, which every sshd of today asks for.
    static let signsRSAWithSHA2 = libssh2_version(0x010b00) != nil

    let session: OpaquePointer
    let traffic: Traffic
    let socket: Descriptor

    init(_ socket: Descriptor, isTCP: Bool) throws(SystemFailure) {
        guard Self.status == 0, let session = libssh2_session_init_ex(nil, nil, nil, nil) else {
            throw SystemFailure("libssh2_session_init_ex", words: "out of memory")
        }
        self.socket = socket
        self.session = session
        traffic = Traffic(isTCP: isTCP)
        libssh2_session_set_blocking(session, 0)
        libssh2_session_abstract(session).pointee = Unmanaged.passUnretained(traffic).toOpaque()
        kumki_ssh2_set_socket_calls(session, Self.receive, Self.send)
        if isTCP {
            var on: Int32 = 1
            setsockopt(socket.number, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    deinit {
        cut()
        // A cut socket fails at once; the limit is for a libssh2 that would see it otherwise.
        var tries = 0
        while libssh2_session_free(session) == LIBSSH2_ERROR_EAGAIN && tries < 64 { tries += 1 }
    }

    /// Ends the connection for good: from now on every call fails without touching the network.
    func cut() {
        traffic.isCut = true
        shutdown(socket.number, Int32(SHUT_RDWR))
    }

    /// libssh2's words for the last failure, copied before another call replaces them.
    var lastWords: String {
        var text: UnsafeMutablePointer<CChar>?
        var length: Int32 = 0
        libssh2_session_last_error(session, &text, &length, 0)
        guard let text else { return "no further words" }
        return String(decoding: UnsafeRawBufferPointer(start: text, count: Int(length)), as: UTF8.self)
    }

    private static let receive: kumki_ssh2_receive = { socket, buffer, count, flags, context in
        guard let traffic = traffic(context), !traffic.isCut else { return Int(-ECONNRESET) }
        let received = recv(socket, buffer, count, flags)
        let error = errno
        if traffic.isTCP {
            // sshd's second small packet waits behind Nagle for our delayed acknowledgement, 40 ms each time; the
            // option falls back by itself, so it is set again at every call.
            var on: Int32 = 1
            setsockopt(socket, Int32(IPPROTO_TCP), TCP_QUICKACK, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        if received < 0 { return -Int(error) }
        traffic.received += received
        return received
    }

    private static let send: kumki_ssh2_send = { socket, buffer, count, flags, context in
        guard let traffic = traffic(context), !traffic.isCut else { return Int(-EPIPE) }
        let sent = Glibc.send(socket, buffer, count, flags | Int32(MSG_NOSIGNAL))
        if sent < 0 { return -Int(errno) }
        traffic.sent += sent
        return sent
    }

    private static func traffic(_ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Traffic? {
        context?.pointee.map { Unmanaged<Traffic>.fromOpaque($0).takeUnretainedValue() }
    }
}
