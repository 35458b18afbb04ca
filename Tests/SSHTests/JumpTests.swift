import Diagnostics
import Hosts
import Testing

@testable import SSH

@Suite("Jump hosts", .serialized)
struct JumpTests {
    /// Through one server to another; both let in the same key and stand in one `known_hosts`.
    private func target(_ server: Server, through jump: Server) throws -> SSHTarget {
        try jump.workplace.write(
            try jump.workplace.read("authorized_keys") + server.workplace.read("identity.pub"), to: "authorized_keys")
        try server.workplace.write(server.knownHosts() + jump.knownHosts(), to: "known_hosts")
        return server.target { $0.jump = SSHTarget.Jump(address: "127.0.0.1", port: jump.port) }
    }

    @Test("a target is reached through its jump host, both ways and in bulk")
    func through() async throws {
        let jump = try await Server()
        let server = try await Server()
        let pool = SSHPool()
        let host = try await pool.host(try target(server, through: jump))
        #expect(await eventually { jump.connections == 1 })
        let path = "\(server.workplace.path)/file"
        let bytes = Array(String(repeating: "0123456789abcdef", count: 5 << 16).utf8)
        // Now and then the socket is full just when the end of the input is to be said.
        for _ in 0..<20 { try await host.upload(bytes, to: path, limit: .seconds(60)) }
        let outcome = try await host.run(Script("cat '\(path)'"))
        #expect(outcome.succeeded && outcome.output.count == bytes.count)
        await pool.close()
    }

    @Test("many targets share one connection to the jump host")
    func shared() async throws {
        let jump = try await Server()
        let server = try await Server("MaxStartups 100")
        let pool = SSHPool()
        let target = try target(server, through: jump)
        try await withThrowingTaskGroup { group in
            for number in 0..<8 {
                var target = target
                target.name = "db\(number)"
                group.addTask { [target] in
                    try await pool.host(target).run(Script("echo \(number)")).outputText == "\(number)\n"
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
        #expect(jump.log.ranges(of: "Accepted publickey").count == 1)
        #expect(server.log.ranges(of: "Accepted publickey").count == 8)
        await pool.close()
    }

    @Test("a target that is down does not keep the others from being reached")
    func oneDown() async throws {
        let jump = try await Server()
        let server = try await Server()
        let silent = try SilentPort()
        let pool = SSHPool()
        var good = try target(server, through: jump)
        good.connectTimeout = .seconds(60)
        var down = good
        down.port = silent.number
        down.name = "db2"
        down.connectTimeout = .seconds(8)
        let lost = Task { [down] in _ = try await pool.host(down) }
        #expect(await eventually { jump.log.contains("Accepted publickey") })
        #expect(try await pool.host(good).run(Script("echo on")).outputText == "on\n")
        let error = await #expect(throws: HostError.self) { try await lost.value }
        #expect(error?.code == "ssh.connect")
        #expect(error?.host == "db2")
        #expect(
            error?.message.hasPrefix("the jump host 127.0.0.1: the tunnel to 127.0.0.1 port \(silent.number) took")
                == true)
    }

    @Test("a port that the jump host can't reach is an error that names both")
    func unreachable() async throws {
        let jump = try await Server()
        let server = try await Server()
        let target = try target(server, through: jump)
        server.stop()
        let error = await #expect(throws: HostError.self) { _ = try await SSHPool().host(target) }
        #expect(error?.code == "ssh.connect")
        #expect(error?.host == "db1")
        #expect(
            error?.message.hasPrefix("the jump host 127.0.0.1: it can't reach 127.0.0.1 port \(server.port)") == true)
    }

    @Test("a broken connection to the jump host breaks what runs behind it")
    func lost() async throws {
        let jump = try await Server()
        let server = try await Server()
        let host = try await SSHPool().host(try target(server, through: jump))
        let hold = try await host.hold(Script("echo ready; cat >/dev/null"))
        jump.signal(9)
        #expect(await eventually { !host.isConnected })
        await hold.release()
        let error = await #expect(throws: HostError.self) { _ = try await host.run(Script(":")) }
        #expect(error?.code == "ssh.lost")
    }
}
