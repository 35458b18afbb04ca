import Hosts
import SSH
import Testing

@Suite("Trust in host keys", .serialized)
struct TrustTests {
    @Test("a host that known_hosts does not have is refused, with its fingerprint and what to do")
    func unknown() async throws {
        let server = try await Server()
        try server.workplace.write("", to: "known_hosts")
        let error = await #expect(throws: HostError.self) { _ = try await SSHPool().host(server.target()) }
        #expect(error?.code == "ssh.host-key-unknown")
        #expect(error?.message.contains("ssh-ed25519 SHA256:") == true)
        #expect(error?.hint?.contains("ssh-keyscan -t ed25519 -p \(server.port) 127.0.0.1") == true)
    }

    @Test("a changed key is refused by either policy, with both fingerprints and the line", arguments: [false, true])
    func changed(acceptsNew: Bool) async throws {
        let server = try await Server()
        let other = try await Server()
        let line = try other.knownHosts().replacing("\(other.port)", with: "\(server.port)")
        try server.workplace.write("# a comment\n\(line)", to: "known_hosts")
        let target = server.target { $0.hostKeys = acceptsNew ? .acceptNew : .strict }
        let error = await #expect(throws: HostError.self) { _ = try await SSHPool().host(target) }
        #expect(error?.code == "ssh.host-key-changed")
        #expect(error?.message.contains("known_hosts:2 ") == true)
        #expect(error?.message.components(of: "SHA256:") == 2)
    }

    @Test("accept-new writes a new host down once, and knows it from then on")
    func acceptNew() async throws {
        let server = try await Server()
        try server.workplace.write("no newline at the end", to: "known_hosts")
        let target = server.target { $0.hostKeys = .acceptNew }
        try await withThrowingTaskGroup { group in
            for _ in 0..<8 { group.addTask { _ = try await SSHPool().host(target) } }
            try await group.waitForAll()
        }
        #expect(try server.workplace.read("known_hosts") == "no newline at the end\n" + server.knownHosts())
        _ = try await SSHPool().host(server.target())
    }

    @Test("a hashed name is found")
    func hashed() async throws {
        let server = try await Server()
        try ChildProcess.run("ssh-keygen", "-q", "-H", "-f", "\(server.workplace.path)/known_hosts")
        #expect(try server.workplace.read("known_hosts").hasPrefix("|1|"))
        _ = try await SSHPool().host(server.target())
    }

    @Test("a host with several keys shows the one that is known", arguments: ["ed25519", "ecdsa"])
    func severalKeys(type: String) async throws {
        let server = try await Server(hostKeys: ["ecdsa", "ed25519"])
        try server.workplace.write(try server.knownHosts(type: type), to: "known_hosts")
        let host = try await SSHPool().host(server.target())
        #expect(host.hostKey.type.contains(type))
    }
}

extension String {
    fileprivate func components(of part: String) -> Int {
        ranges(of: part).count
    }
}
