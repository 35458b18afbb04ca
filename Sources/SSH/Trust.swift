import Hosts

/// Whether a host is who it should be, by its `known_hosts` file.
struct Trust {
    let file: KnownHostsFile
    private let target: SSHTarget
    private let name: String

    init(_ target: SSHTarget) {
        self.target = target
        file = .at(Account.expand(target.knownHostsFile ?? "~/.ssh/known_hosts"))
        name = KnownHosts.name(address: target.address, port: target.port)
    }

    /// The types of key that the host is known by, best first; empty for a new host.
    func types() throws -> [String] {
        let types = Set(try known { () throws(SystemFailure) in try file.read() }.keys(of: name).map(\.key.type))
        return types.sorted { Self.rank($0) < Self.rank($1) }
    }

    /// - Throws: ``HostError`` `ssh.host-key-changed`, `ssh.host-key-unknown`, `ssh.host-key-revoked`,
    ///   `ssh.known-hosts`.
    func check(_ key: HostKey) throws {
        var verdict = try known { () throws(SystemFailure) in try file.read() }.verdict(on: key, of: name)
        if case .unknown = verdict, target.hostKeys == .acceptNew {
            verdict = try known { () throws(SystemFailure) in try file.add(key, name: name) }
        }
        switch verdict {
        case .known:
            return
        case .unknown:
            throw failure(
                "ssh.host-key-unknown",
                "\(file.path) does not have \(name), which shows \(key.type) \(key.fingerprint)",
                hint: "compare it with `ssh-keygen -lf /etc/ssh/ssh_host_\(Self.short(key.type))_key.pub` on the host, "
                    + "then \(scanHint(type: Self.short(key.type))), or set `ssh.host_keys: accept-new`")
        case .changed(let line):
            throw failure(
                "ssh.host-key-changed",
                "THE HOST KEY HAS CHANGED: \(name) shows \(key.type) \(key.fingerprint), but \(file.path):\(line.number) "
                    + "has \(line.key.type) \(line.key.fingerprint); somebody may be in between",
                hint: "only if the host was set up anew: `ssh-keygen -f \(file.path) -R '\(name)'`, and again")
        case .revoked(let line):
            throw failure(
                "ssh.host-key-revoked",
                "\(name) shows \(key.type) \(key.fingerprint), which is revoked in \(file.path):\(line.number)",
                hint: "give the host a new key; a revoked one may be in the hands of somebody else")
        }
    }

    /// A command that adds the host's key of a type: `ed25519`.
    func scanHint(type: String) -> String {
        let port = target.port == 22 ? "" : " -p \(target.port)"
        return "add it with `ssh-keyscan -t \(type)\(port) \(target.address) >> \(file.path)`"
    }

    private func known<Value>(_ body: () throws(SystemFailure) -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw HostError(
                code: "ssh.known-hosts", host: target.name, call: error.call, message: "\(file.path): \(error.words)",
                hint: "make the file readable, or name another in `ssh.known_hosts_file`")
        }
    }

    private func failure(_ code: String, _ message: String, hint: String) -> HostError {
        HostError(code: code, host: target.name, message: message, hint: hint)
    }

    private static func rank(_ type: String) -> Int {
        type == "ssh-ed25519" ? 0 : type.hasPrefix("ecdsa-") ? 1 : 2
    }

    /// As `ssh-keygen -t` and the host's file names call a type.
    private static func short(_ type: String) -> String {
        type.hasPrefix("ecdsa-") ? "ecdsa" : type == "ssh-rsa" ? "rsa" : "ed25519"
    }
}
