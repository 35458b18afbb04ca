import Glibc
import Synchronization

/// An address in the form that `connect` takes.
struct SocketAddress: Sendable {
    let family: Int32
    private let bytes: [UInt8]

    /// The addresses of a name; for an IP address this never blocks when `onlyNumeric`.
    ///
    /// - Throws: ``SystemFailure`` with the resolver's words.
    static func resolve(_ name: String, port: Int, onlyNumeric: Bool) throws(SystemFailure) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV | (onlyNumeric ? AI_NUMERICHOST : 0)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(name, String(port), &hints, &list)
        if status != 0 {
            throw SystemFailure("getaddrinfo", words: String(cString: gai_strerror(status)))
        }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next {
            let raw = UnsafeRawBufferPointer(start: entry.pointee.ai_addr, count: Int(entry.pointee.ai_addrlen))
            addresses.append(SocketAddress(family: entry.pointee.ai_family, bytes: Array(raw)))
            next = entry.pointee.ai_next
        }
        return addresses
    }

    /// A Unix socket's path, if it fits.
    init?(path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
            let text = Array(path.utf8)
            if text.isEmpty || text.count >= room.count { return false }
            room.copyBytes(from: text)
            return true
        }
        if !fits { return nil }
        self.init(family: AF_UNIX, bytes: withUnsafeBytes(of: &address) { Array($0) })
    }

    private init(family: Int32, bytes: [UInt8]) {
        self.family = family
        self.bytes = bytes
    }

    /// Begins to connect a new socket that never blocks; it becomes writable when that has ended.
    func connect() throws(SystemFailure) -> Descriptor {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let number = socket(family, kind, 0)
        if number < 0 { throw SystemFailure("socket", errno) }
        let descriptor = Descriptor(number)
        let status = bytes.withUnsafeBytes { raw in
            raw.withMemoryRebound(to: sockaddr.self) { address in
                Glibc.connect(number, address.baseAddress, socklen_t(raw.count))
            }
        }
        if status != 0 && errno != EINPROGRESS { throw SystemFailure("connect", errno) }
        return descriptor
    }
}

/// A name being resolved on a thread of its own, because `getaddrinfo` blocks for as long as it likes.
final class Lookup: Sendable {
    private struct Request {
        let name: String
        let port: Int
        let lookup: Lookup
        let whenDone: @Sendable () -> Void
    }

    private final class Box {
        let request: Request
        init(_ request: Request) { self.request = request }
    }

    private let result = Mutex<Result<[SocketAddress], SystemFailure>?>(nil)

    /// Nil while the resolver works.
    var addresses: [SocketAddress]? {
        get throws(SystemFailure) { try result.withLock { $0 }?.get() }
    }

    init(_ name: String, port: Int, whenDone: @escaping @Sendable () -> Void) throws(SystemFailure) {
        let box = Unmanaged.passRetained(Box(Request(name: name, port: port, lookup: self, whenDone: whenDone)))
        var id = pthread_t()
        let status = pthread_create(
            &id, nil,
            { context in
                guard let context else { return nil }
                pthread_detach(pthread_self())
                let request = Unmanaged<Box>.fromOpaque(context).takeRetainedValue().request
                let found = Result { () throws(SystemFailure) in
                    try SocketAddress.resolve(request.name, port: request.port, onlyNumeric: false)
                }
                request.lookup.result.withLock { $0 = found }
                request.whenDone()
                return nil
            }, box.toOpaque())
        if status != 0 {
            box.release()
            throw SystemFailure("pthread_create", status)
        }
    }
}
