import CLibSSH2
import Glibc

extension Session {
    /// A connection to the agent; nil when none runs.
    func openAgent() -> Descriptor? {
        let path = target.agentSocket ?? getenv("SSH_AUTH_SOCK").map { String(cString: $0) }
        guard let path, !path.isEmpty else { return nil }
        return try? SocketAddress(path: path)?.connect()
    }

    /// The agent's answer without its length; nil when the agent is gone or talks nonsense.
    func ask(_ agent: Descriptor, _ request: [UInt8], _ operation: Operation) async throws -> [UInt8]? {
        let token = try watch(agent)
        defer { unwatch(token) }
        var unsent = request[...]
        var answer: [UInt8] = []
        while true {
            let mark = wakes
            do throws(SystemFailure) {
                while !unsent.isEmpty, let count = try agent.send(unsent) { unsent = unsent.dropFirst(count) }
                while let count = try agent.receive(into: &scratch) {
                    if count == 0 { return nil }
                    answer += scratch[..<count]
                    let length = answer.prefix(4).reduce(0) { $0 << 8 | Int($1) }
                    if length > Agent.longestAnswer { return nil }
                    if answer.count >= 4 + length && answer.count >= 4 { return Array(answer[4..<4 + length]) }
                }
            } catch {
                return nil
            }
            try await pause(operation, since: mark)
        }
    }

    /// Authenticates with a key of the agent; nil when the host does not accept the key.
    ///
    /// libssh2 asks for the signature in a callback that may say "not yet": the agent is asked between two calls,
    /// so that an agent that waits for its owner holds up nobody else.
    func authenticate(_ user: String, _ key: Agent.Key, _ agent: Descriptor, _ operation: Operation) async throws {
        let signing = Signing()
        let blob = key.offeredBlob
        while true {
            let mark = wakes
            let status = try await attempt(operation, "libssh2_userauth_publickey") { session in
                var context: UnsafeMutableRawPointer? = Unmanaged.passUnretained(signing).toOpaque()
                return Int(libssh2_userauth_publickey(session, user, blob, blob.count, Signing.callback, &context))
            }
            if status != nil { return }
            if let request = signing.request, signing.answer == nil {
                let answer = try await ask(agent, Agent.sign(request, with: key), operation)
                signing.answer = answer.flatMap(Agent.signature(in:)).map(Signing.Answer.signature) ?? .refused
            } else {
                try await pause(operation, since: mark)
            }
        }
    }
}

/// What libssh2's callback wants signed, and the signature once there is one.
private final class Signing {
    enum Answer {
        case signature([UInt8])
        case refused
    }

    var request: [UInt8]?
    var answer: Answer?

    static let callback:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, UnsafeMutablePointer<Int>?,
            UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
        ) -> Int32 = { _, signature, length, bytes, count, context in
            guard let context = context?.pointee else { return LIBSSH2_ERROR_BAD_USE }
            let signing = Unmanaged<Signing>.fromOpaque(context).takeUnretainedValue()
            switch signing.answer {
            case nil:
                signing.request = Array(UnsafeBufferPointer(start: bytes, count: count))
                return LIBSSH2_ERROR_EAGAIN
            case .refused:
                return LIBSSH2_ERROR_AUTHENTICATION_FAILED
            case .signature(let answer):
                // libssh2 frees it with the session's allocator, which is malloc's.
                guard let copy = malloc(answer.count)?.assumingMemoryBound(to: UInt8.self) else {
                    return LIBSSH2_ERROR_ALLOC
                }
                copy.update(from: answer, count: answer.count)
                signature?.pointee = copy
                length?.pointee = answer.count
                return 0
            }
        }
}
