import CLibSSH2
import Hosts
import Synchronization

extension Session {
    /// Connects, checks the host's key and authenticates, within `limit`.
    ///
    /// - Parameter tunnel: a stream to the host's sshd, instead of a connection of our own.
    /// - Throws: ``HostError``, `ssh.busy` when the host hangs up before it says a word.
    func connect(through tunnel: Descriptor? = nil, limit: Duration) async throws {
        do {
            try await operate("the connection to \(place)", limit: limit, code: "ssh.connect") { operation in
                let socket: Descriptor
                if let tunnel { socket = tunnel } else { socket = try await dial(operation) }
                library = try system { () throws(SystemFailure) in try Library(socket, isTCP: tunnel == nil) }
                _ = try watch(socket, isConnection: true)
                try await shakeHands(operation)
                try await authenticate(operation)
            }
        } catch {
            lose("it was never made")
            throw error
        }
        isUsable.store(true, ordering: .relaxed)
        startPulse()
    }

    private var place: String { "\(target.address) port \(target.port)" }

    private func system<Value>(_ body: () throws(SystemFailure) -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw failure(
                "ssh.connect", call: error.call, "\(place): \(error.words)",
                hint: "see whether the host is up, sshd runs, and `address` and `ssh.port` are right")
        }
    }

    /// A connected socket to the first of the host's addresses that answers.
    private func dial(_ operation: Operation) async throws -> Descriptor {
        let addresses = try await resolve(operation)
        // A silent address must not use up the time of the next.
        let share = operation.limit / max(1, addresses.count)
        for address in addresses.dropLast() {
            if let socket = try? await dial(address, operation, share) { return socket }
        }
        guard let last = addresses.last else { throw failure("ssh.connect", "\(target.address) has no address") }
        return try await dial(last, operation, operation.limit)
    }

    private func dial(_ address: SocketAddress, _ operation: Operation, _ limit: Duration) async throws -> Descriptor {
        let socket = try system { () throws(SystemFailure) in try address.connect() }
        let token = try watch(socket)
        defer { unwatch(token) }
        if try await !wait(operation, atMost: limit, until: { socket.isWritable }) {
            throw failure("ssh.connect", "\(place) does not answer")
        }
        if let error = socket.pendingError { try system { () throws(SystemFailure) in throw error } }
        return socket
    }

    private func resolve(_ operation: Operation) async throws -> [SocketAddress] {
        let (name, port) = (target.address, target.port)
        if let numeric = try? SocketAddress.resolve(name, port: port, onlyNumeric: true) { return numeric }
        let lookup = try system { () throws(SystemFailure) in
            try Lookup(name, port: port) { [weak self, loop] in
                loop.post { self?.assumeIsolated { $0.wakeAll() } }
            }
        }
        while true {
            let mark = wakes
            if let found = try system({ () throws(SystemFailure) in try lookup.addresses }) { return found }
            try await pause(operation, since: mark)
        }
    }

    private func shakeHands(_ operation: Operation) async throws {
        guard let library else { return }
        let trust = Trust(target)
        let known = try trust.types().map { Self.algorithms(for: $0) }
        // Keys of the types that are known, or else a host with several would show us one that is not.
        let order = (known.isEmpty ? HostKeyType.allCases.map { Self.algorithms(for: $0.rawValue) } : known)
        if libssh2_session_method_pref(library.session, LIBSSH2_METHOD_HOSTKEY, order.joined(separator: ",")) != 0 {
            throw failure(
                "ssh.handshake", call: "libssh2_session_method_pref",
                "libssh2 knows none of the host key types in \(trust.file.path): \(known.joined(separator: ", "))",
                hint: trust.scanHint(type: "ed25519"))
        }
        operation.what = "the key exchange"
        do {
            try await finish(operation, "libssh2_session_handshake") { session in
                Int(libssh2_session_handshake(session, library.socket.number))
            }
        } catch let error as LibraryError {
            throw handshakeFailure(error, trust, known)
        }
        var length = 0
        var type: Int32 = 0
        guard let bytes = libssh2_session_hostkey(library.session, &length, &type),
            let key = HostKey(blob: Array(UnsafeRawBufferPointer(start: bytes, count: length)))
        else { throw failure("ssh.handshake", call: "libssh2_session_hostkey", "the host showed no key") }
        try trust.check(key)
        hostKey = key
    }

    private func handshakeFailure(_ error: LibraryError, _ trust: Trust, _ known: [String]) -> HostError {
        if error.status == LIBSSH2_ERROR_KEX_FAILURE {
            let expected = known.isEmpty ? "" : "; \(trust.file.path) knows it by \(known.joined(separator: ", "))"
            return failure(
                "ssh.handshake", call: error.call, "no common algorithms: \(error.words)\(expected)",
                hint: known.isEmpty
                    ? "let its sshd take curve25519-sha256, aes256-ctr, hmac-sha2-256 and an ed25519 or ECDSA host key"
                    : "if that key type is gone from the host, or is RSA: " + trust.scanHint(type: "ed25519"))
        }
        if error.words.contains("banner") {
            return failure(
                "ssh.busy", call: error.call, "\(place) hung up before it said a word: \(error.words)",
                hint: "see whether sshd listens there; a busy sshd does this by MaxStartups or PerSourcePenalties")
        }
        return failure("ssh.handshake", call: error.call, "the key exchange failed: \(error.words)")
    }

    /// What libssh2 calls the signatures of a key type of `known_hosts`.
    private static func algorithms(for type: String) -> String {
        type == "ssh-rsa" && Library.signsRSAWithSHA2 ? "rsa-sha2-512,rsa-sha2-256,ssh-rsa" : type
    }

    /// What is asked for when nothing is known, best first.
    private enum HostKeyType: String, CaseIterable {
        case ed25519 = "ssh-ed25519"
        case ecdsa256 = "ecdsa-sha2-nistp256"
        case ecdsa384 = "ecdsa-sha2-nistp384"
        case ecdsa521 = "ecdsa-sha2-nistp521"
        case rsa = "ssh-rsa"
    }
}
