import CLibSSH2
import FoundationEssentials
import Hosts

extension Session {
    /// Shows keys to the host until it accepts one: the identity file's, or the agent's and then the usual files'.
    ///
    /// - Throws: ``HostError`` `ssh.identity`, `ssh.auth`.
    func authenticate(_ operation: Operation) async throws {
        operation.what = "authentication"
        var attempts = Attempts(user: target.user ?? Account.name)
        let agent = openAgent()
        var agentKeys: [Agent.Key] = []
        if let agent, let answer = try await ask(agent, Agent.listKeys, operation) {
            agentKeys = Agent.keys(in: answer)
        }

        let named = try target.identityFile.map { path in
            let path = Account.expand(path)
            return (path: path, file: try identity(path))
        }
        if let named, let publicKey = publicKey(named.path, named.file) {
            agentKeys = agentKeys.filter { $0.publicKey.blob == publicKey }
        } else if named != nil {
            agentKeys = []
        }
        if let agent {
            let user = attempts.user
            for key in agentKeys {
                let name = "\(key.publicKey.type) \(key.publicKey.fingerprint) (agent: \(key.comment))"
                if try await offer(name, &attempts, { try await authenticate(user, key, agent, operation) }) { return }
            }
        }
        if let named {
            if let reason = unusable(named.file), agentKeys.isEmpty {
                throw failure("ssh.identity", "\(named.path) \(reason.message)", hint: reason.hint(named.path))
            }
            if unusable(named.file) == nil, try await offer(named.path, &attempts, operation) { return }
        } else {
            for path in Self.usualFiles {
                guard let file = try? identity(path) else { continue }
                if agentKeys.contains(where: { $0.publicKey.blob == publicKey(path, file) }) { continue }
                if let reason = unusable(file) {
                    attempts.passedOver.append("\(path) \(reason.message)")
                } else if try await offer(path, &attempts, operation) {
                    return
                }
            }
        }
        throw await refused(attempts, operation)
    }

    private static var usualFiles: [String] {
        ["id_ed25519", "id_ecdsa", "id_rsa"].map { "\(Account.home)/.ssh/\($0)" }
    }

    private struct Attempts {
        let user: String
        var refused: [String] = []
        var passedOver: [String] = []
    }

    private enum Unusable {
        case encrypted, rsa
        case unsupported(String)

        var message: String {
            switch self {
            case .encrypted: "is encrypted with a passphrase"
            case .rsa: "is an RSA key, which libssh2 before 1.11 signs with SHA-1 only; no host accepts that today"
            case .unsupported(let type): "is a \(type) key, which libssh2 can't use"
            }
        }

        func hint(_ path: String) -> String {
            switch self {
            case .encrypted, .rsa: "load it into ssh-agent: `ssh-add \(path)`"
            case .unsupported: "use an ed25519 key: `ssh-keygen -t ed25519`"
            }
        }
    }

    private func unusable(_ file: PrivateKeyFile) -> Unusable? {
        if file.isEncrypted { return .encrypted }
        switch file.type {
        case "ssh-rsa": return Library.signsRSAWithSHA2 ? nil : .rsa
        case let type? where type == "ssh-dss" || type.hasPrefix("sk-"): return .unsupported(type)
        default: return nil
        }
    }

    private func identity(_ path: String) throws -> PrivateKeyFile {
        do {
            guard let bytes = try LocalFile.read(path) else {
                throw failure("ssh.identity", "the identity file \(path) does not exist", hint: Self.identityHint)
            }
            guard let file = PrivateKeyFile(bytes) else {
                throw failure("ssh.identity", "\(path) is no private key", hint: Self.identityHint)
            }
            return file
        } catch let error as SystemFailure {
            throw failure("ssh.identity", call: error.call, "\(path): \(error.words)", hint: Self.identityHint)
        }
    }

    private static let identityHint = "name a private key in `ssh.identity_file`, or leave it out to use the agent"

    /// The public half, from the file or from the `.pub` beside it.
    private func publicKey(_ path: String, _ file: PrivateKeyFile) -> [UInt8]? {
        if let key = file.publicKey { return key }
        guard let text = try? LocalFile.read(path + ".pub") else { return nil }
        let fields = String(decoding: text, as: UTF8.self).split(separator: " ")
        return fields.count >= 2 ? Data(base64Encoded: String(fields[1])).map { Array($0) } : nil
    }

    private func offer(_ path: String, _ attempts: inout Attempts, _ operation: Operation) async throws -> Bool {
        let user = attempts.user
        return try await offer(path, &attempts) {
            try await finish(operation, "libssh2_userauth_publickey_fromfile_ex") { session in
                Int(libssh2_userauth_publickey_fromfile_ex(session, user, UInt32(user.utf8.count), nil, path, nil))
            }
        }
    }

    /// Whether the host accepted the key that `body` shows it.
    private func offer(_ name: String, _ attempts: inout Attempts, _ body: () async throws -> Void) async throws -> Bool
    {
        do {
            try await body()
            return true
        } catch let error as LibraryError {
            // "Waiting for …" is how libssh2 calls a connection that ended instead of an answer.
            let isAnswer = !error.words.hasPrefix("Waiting for")
            switch error.status {
            case LIBSSH2_ERROR_AUTHENTICATION_FAILED where isAnswer, LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED where isAnswer:
                attempts.refused.append(name)
                return false
            case LIBSSH2_ERROR_FILE, LIBSSH2_ERROR_METHOD_NONE, LIBSSH2_ERROR_METHOD_NOT_SUPPORTED:
                attempts.passedOver.append("\(name) (\(error.words))")
                return false
            default:
                throw failure(
                    "ssh.auth", call: error.call,
                    "the host ended the connection after \(attempts.refused.count + 1) keys for \(attempts.user): "
                        + error.words,
                    hint: "name the right key in `ssh.identity_file`; sshd's MaxAuthTries allows a few only")
            }
        }
    }

    private func refused(_ attempts: Attempts, _ operation: Operation) async -> HostError {
        var parts: [String] = []
        if attempts.refused.isEmpty {
            parts.append("there is no key to show for \(attempts.user)")
        } else {
            parts.append("no key was accepted for \(attempts.user): " + attempts.refused.joined(separator: ", "))
        }
        if !attempts.passedOver.isEmpty { parts.append("passed over: " + attempts.passedOver.joined(separator: ", ")) }
        if let methods = await acceptedMethods(attempts.user, operation) { parts.append("the host takes \(methods)") }
        return failure(
            "ssh.auth", parts.joined(separator: "; "),
            hint: "put a public key into that account's authorized_keys (`ssh-copy-id`), load its key into ssh-agent, "
                + "or name it in `ssh.identity_file`; see also `ssh.user`")
    }

    /// What the host would take instead, in its own words: `publickey,password`.
    private func acceptedMethods(_ user: String, _ operation: Operation) async -> String? {
        var methods: String?
        _ = try? await finish(operation, "libssh2_userauth_list") { session in
            let list = libssh2_userauth_list(session, user, UInt32(user.utf8.count))
            methods = list.map { String(cString: $0) }
            return list == nil ? Int(libssh2_session_last_errno(session)) : 0
        }
        return methods
    }
}
