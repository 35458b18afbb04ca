import FoundationEssentials
import Glibc

@testable import SSH

/// A real sshd on 127.0.0.1, with keys of its own, for one test.
final class Server {
    let workplace: Workplace
    let port: Int
    let identityFile: String
    private let process: ChildProcess

    /// - Parameters:
    ///   - options: lines of `sshd_config`.
    ///   - hostKeys: types as `ssh-keygen -t` takes them.
    init(_ options: String..., hostKeys: [String] = ["ed25519"]) async throws {
        let sshd = "/usr/sbin/sshd"
        guard access(sshd, X_OK) == 0 else {
            throw ChildFailure(description: "these tests need \(sshd): install the package openssh-server")
        }
        if getuid() == 0 { mkdir("/run/sshd", 0o755) }
        workplace = try Workplace()
        identityFile = try workplace.makeKey("identity")
        port = try Self.freePort()
        var lines = [
            "ListenAddress 127.0.0.1:\(port)", "PidFile none", "UsePAM no", "StrictModes no",
            "PermitRootLogin yes", "PasswordAuthentication no", "KbdInteractiveAuthentication no",
            "AuthorizedKeysFile \(workplace.path)/authorized_keys", "LogLevel VERBOSE",
            // Keeps bash from reading the .bashrc of whoever runs the tests; the first such line counts.
            "SetEnv SHLVL=2",
        ]
        for type in hostKeys { lines.append("HostKey \(try workplace.makeKey("host_\(type)", type: type))") }
        try workplace.write((options + lines).joined(separator: "\n") + "\n", to: "sshd_config")
        try workplace.write(try workplace.read("identity.pub"), to: "authorized_keys")
        process = try ChildProcess(
            [sshd, "-D", "-e", "-f", "\(workplace.path)/sshd_config"], output: "\(workplace.path)/log")
        try workplace.write(try knownHosts(), to: "known_hosts")
        let port = port
        if await !eventually({ Self.answers(port) }) {
            throw ChildFailure(description: "sshd does not listen: \(try workplace.read("log"))")
        }
    }

    /// Sends a signal to the sshd processes that serve the connections, or to the one that accepts them, too.
    func signal(_ signal: Int32, isListenerMeant: Bool = false) {
        for id in Self.children(of: process.id) { kill(id, signal) }
        if isListenerMeant { kill(process.id, signal) }
    }

    /// The shell of a script that runs for one of its connections.
    var shell: pid_t? {
        Self.children(of: process.id).flatMap(Self.children).flatMap { [$0] + Self.children(of: $0) }.first { id in
            (try? LocalFile.read("/proc/\(id)/comm")) == Array("sh\n".utf8)
        }
    }

    private static func children(of id: pid_t) -> [pid_t] {
        let bytes = try? LocalFile.read("/proc/\(id)/task/\(id)/children")
        return String(decoding: bytes ?? [], as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
    }

    /// How many connections this process has to it.
    var connections: Int {
        let bytes = try? LocalFile.read("/proc/net/tcp")
        let text = String(decoding: bytes ?? [], as: UTF8.self)
        let peer = ":" + String(port, radix: 16, uppercase: true)
        // Column 2 is the far end; state 01 is established, 08 hung up on and not closed.
        return text.split(separator: "\n").count { line in
            let columns = line.split(separator: " ")
            return columns.count > 3 && columns[2].hasSuffix(peer) && (columns[3] == "01" || columns[3] == "08")
        }
    }

    /// How to reach it with its own key and its own `known_hosts`.
    func target(_ change: (inout SSHTarget) -> Void = { _ in }) -> SSHTarget {
        var target = SSHTarget(
            name: "db1", address: "127.0.0.1", port: port, identityFile: identityFile, agentSocket: "",
            knownHostsFile: "\(workplace.path)/known_hosts", connectTimeout: .seconds(60))
        change(&target)
        return target
    }

    /// Lets in who has the key pair of that name.
    func authorize(_ key: String) throws {
        let line = try workplace.read("\(key).pub")
        let before = (try? workplace.read("authorized_keys")) ?? ""
        try workplace.write(before + line, to: "authorized_keys")
    }

    /// Lines for all its host keys.
    func knownHosts(type: String = "ed25519") throws -> String {
        let fields = try workplace.read("host_\(type).pub").split(separator: " ")
        return "[127.0.0.1]:\(port) \(fields[0]) \(fields[1])\n"
    }

    deinit {
        stop()
    }

    var log: String { (try? workplace.read("log")) ?? "" }

    func stop() {
        signal(SIGKILL)
        process.stop()
    }

    private static func withSocket<Value>(port: Int, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Value)
        -> Value
    {
        // A child that another test starts just now must not hold it open.
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(number) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func answers(_ port: Int) -> Bool {
        withSocket(port: port) { connect($0, $1, $2) == 0 }
    }

    private static func freePort() throws -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: 20_000..<32_000)
            if withSocket(port: port, { bind($0, $1, $2) }) == 0 { return port }
        }
        throw ChildFailure(description: "no free port")
    }
}
