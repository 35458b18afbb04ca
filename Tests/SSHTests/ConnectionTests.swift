import Diagnostics
import Glibc
import Hosts
import Testing

@testable import SSH

@Suite("Connections", .serialized)
struct ConnectionTests {
    @Test("a target is connected to once, and again when the connection was closed")
    func reuse() async throws {
        let server = try await Server()
        let pool = SSHPool()
        let target = server.target()
        async let first = pool.host(target)
        async let second = pool.host(target)
        _ = try await (first, second)
        #expect(server.connections == 1)
        await pool.close()
        #expect(server.connections == 0)
        #expect(try await pool.host(server.target()).run(Script("echo on")).outputText == "on\n")
    }

    @Test("100 connections leave no socket behind")
    func leak() async throws {
        let server = try await Server()
        for _ in 0..<100 {
            let pool = SSHPool()
            let host = try await pool.host(server.target())
            #expect(try await host.run(Script(":")).succeeded)
            await pool.close()
        }
        #expect(server.connections == 0)
    }

    @Test("a host that nobody refers to any more is disconnected")
    func forgotten() async throws {
        let server = try await Server()
        _ = try await SSHPool().host(server.target()).run(Script(":"))
        #expect(await eventually { server.connections == 0 })
    }

    @Test("a refused connection names the port and what to look at")
    func refused() async throws {
        let server = try await Server()
        server.stop()
        let error = await #expect(throws: HostError.self) { _ = try await SSHPool().host(server.target()) }
        #expect(error?.code == "ssh.connect")
        #expect(error?.message == "127.0.0.1 port \(server.port): Connection refused")
        #expect(error?.call == "connect")
    }

    @Test("a host that does not answer is given up after the connect time limit")
    func silent() async throws {
        let server = try await Server()
        let port = try SilentPort()
        let target = server.target {
            $0.port = port.number
            $0.connectTimeout = .milliseconds(300)
        }
        let error = await #expect(throws: HostError.self) { _ = try await SSHPool().host(target) }
        #expect(error?.code == "ssh.connect")
        #expect(error?.message == "the connection to 127.0.0.1 port \(port.number) took longer than 0.3 s")
    }

    @Test("a paused sshd, which the system still connects to, is given up too")
    func paused() async throws {
        let server = try await Server()
        server.signal(SIGSTOP, isListenerMeant: true)
        let target = server.target { $0.connectTimeout = .seconds(2) }
        let error = await #expect(throws: HostError.self) { _ = try await SSHPool().host(target) }
        #expect(error?.code == "ssh.connect")
        #expect(error?.message == "the key exchange took longer than 2 s")
    }

    @Test("a name is resolved, and one that can't be says so")
    func names() async throws {
        let server = try await Server()
        let line = try server.knownHosts().replacing("127.0.0.1", with: "localhost")
        try server.workplace.write(line, to: "known_hosts")
        _ = try await SSHPool().host(server.target { $0.address = "localhost" })
        let error = await #expect(throws: HostError.self) {
            _ = try await SSHPool().host(server.target { $0.address = "no-such-host.invalid" })
        }
        #expect(error?.code == "ssh.connect")
        #expect(error?.call == "getaddrinfo")
    }

    @Test("an sshd that turns away connections while it is busy is tried again")
    func busy() async throws {
        let server = try await Server("MaxStartups 1:100:1")
        let target = server.target()
        try await withThrowingTaskGroup { group in
            for _ in 0..<8 { group.addTask { _ = try await SSHPool().host(target) } }
            try await group.waitForAll()
        }
        #expect(server.log.contains("MaxStartups"))
    }

    @Test("no common algorithm says what libssh2 takes")
    func algorithms() async throws {
        let server = try await Server("KexAlgorithms sntrup761x25519-sha512@openssh.com")
        let error = await #expect(throws: HostError.self) { _ = try await SSHPool().host(server.target()) }
        #expect(error?.code == "ssh.handshake")
        #expect(error?.call == "libssh2_session_handshake")
        #expect(error?.message.contains("no common algorithms") == true)
    }
}
