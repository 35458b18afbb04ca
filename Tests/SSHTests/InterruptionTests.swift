import Diagnostics
import Glibc
import Hosts
import SSH
import Testing

@Suite("Interruptions", .serialized)
struct InterruptionTests {
    @Test("a script over its time limit is given up, ended on the host, and leaves the connection usable")
    func timeLimit() async throws {
        let server = try await Server()
        let host = try await SSHPool().host(server.target())
        let path = "\(server.workplace.path)/id"
        let error = await #expect(throws: HostError.self) {
            _ = try await host.run(Script("echo $$ >'\(path)'; sleep 60 & wait", limit: .seconds(3)))
        }
        #expect(error?.code == "ssh.timeout")
        #expect(error?.message == "a script took longer than 3 s")
        #expect(try await host.run(Script("echo on")).outputText == "on\n")
        let id = try #require(pid_t(server.workplace.read("id").dropLast()))
        #expect(await eventually { kill(id, 0) != 0 })
    }

    @Test("a cancelled script leaves the connection usable")
    func cancel() async throws {
        let server = try await Server()
        let host = try await SSHPool().host(server.target())
        let path = "\(server.workplace.path)/begun"
        let task = Task { try await host.run(Script("echo >'\(path)'; sleep 60")) }
        #expect(await eventually { access(path, F_OK) == 0 })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await host.run(Script("echo on")).outputText == "on\n")
    }

    @Test("connecting can be cancelled")
    func cancelConnect() async throws {
        let server = try await Server()
        let port = try SilentPort()
        let target = server.target {
            $0.port = port.number
            $0.connectTimeout = .seconds(60)
        }
        let task = Task { try await SSHPool().host(target).name }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("a connection that breaks during a script is an error, never a success")
    func lost() async throws {
        let server = try await Server()
        let host = try await SSHPool().host(server.target())
        let path = "\(server.workplace.path)/begun"
        let task = Task { try await host.run(Script("echo >'\(path)'; sleep 60")) }
        #expect(await eventually { access(path, F_OK) == 0 })
        server.signal(SIGKILL)
        let error = await #expect(throws: HostError.self) { try await task.value }
        #expect(error?.code == "ssh.lost")
        #expect(error?.message.hasPrefix("the connection was lost during a script: ") == true)
        #expect(!host.isConnected)
    }

    @Test("a channel that the host closes during a silent script is an error, never a success")
    func channelTimeout() async throws {
        let server = try await Server("ChannelTimeout session:*=1s")
        let host = try await SSHPool().host(server.target())
        let error = await #expect(throws: HostError.self) { _ = try await host.run(Script("sleep 6")) }
        #expect(error?.code == "ssh.lost")
        #expect(error?.hint?.contains("ChannelTimeout") == true)
        #expect(try await host.run(Script("echo on")).outputText == "on\n")
    }

    @Test("what is held ends with the connection")
    func lostHold() async throws {
        let server = try await Server()
        let pool = SSHPool()
        let host = try await pool.host(server.target())
        let path = "\(server.workplace.path)/ended"
        let hold = try await host.hold(Script("echo ready; cat >/dev/null; echo >'\(path)'"))
        server.signal(SIGKILL)
        #expect(await eventually { access(path, F_OK) == 0 })
        #expect(await eventually { !host.isConnected })
        await hold.release()
        let error = await #expect(throws: HostError.self) { _ = try await host.run(Script(":")) }
        #expect(error?.code == "ssh.lost")
        #expect(try await pool.host(server.target()).run(Script("echo on")).outputText == "on\n")
    }

    @Test("half a script that arrived before the connection broke is not run")
    func halfScript() async throws {
        let server = try await Server()
        let host = try await SSHPool().host(server.target())
        let path = "\(server.workplace.path)/ran"
        // The shell takes a while over the first part, so that the rest is still on its way when the end comes.
        let text = "echo >'\(path)'\n: '" + String(repeating: "x", count: 20_000_000) + "'\n"
        let task = Task { try await host.run(Script(Content(text))) }
        #expect(await eventually { server.shell != nil })
        let shell = try #require(server.shell)
        server.signal(SIGSTOP)
        server.signal(SIGKILL)
        await #expect(throws: HostError.self) { try await task.value }
        #expect(await eventually { kill(shell, 0) != 0 })
        #expect(access(path, F_OK) != 0)
    }

    @Test("a host that stops answering is noticed by the keepalive")
    func keepalive() async throws {
        let server = try await Server()
        let host = try await SSHPool().host(server.target { $0.keepalive = .milliseconds(200) })
        let path = "\(server.workplace.path)/begun"
        let task = Task { try await host.run(Script("echo >'\(path)'; sleep 60")) }
        #expect(await eventually { access(path, F_OK) == 0 })
        server.signal(SIGSTOP)
        let error = await #expect(throws: HostError.self) { try await task.value }
        #expect(error?.code == "ssh.lost")
        #expect(error?.message.contains("has not answered for 0.6 s") == true)
    }

    @Test("a host that answers keepalives may be silent for long")
    func silence() async throws {
        let server = try await Server()
        let host = try await SSHPool().host(server.target { $0.keepalive = .seconds(1) })
        #expect(try await host.run(Script("sleep 5; echo on")).outputText == "on\n")
    }

    @Test("more scripts at once than the host has sessions wait for each other")
    func sessions() async throws {
        let server = try await Server("MaxSessions 2")
        let host = try await SSHPool().host(server.target())
        let hold = try await host.hold(Script("echo ready; cat >/dev/null"))
        try await withThrowingTaskGroup { group in
            for number in 0..<6 {
                group.addTask { try await host.run(Script("echo \(number)")).outputText == "\(number)\n" }
            }
            for try await isRight in group { #expect(isRight) }
        }
        await hold.release()
    }

    @Test("a host with too few sessions for what is held says so")
    func noSession() async throws {
        let server = try await Server("MaxSessions 1")
        let host = try await SSHPool().host(server.target())
        let hold = try await host.hold(Script("echo ready; cat >/dev/null"))
        let error = await #expect(throws: HostError.self) { _ = try await host.run(Script(":")) }
        #expect(error?.code == "ssh.channel")
        #expect(error?.hint?.contains("MaxSessions") == true)
        await hold.release()
        #expect(try await host.run(Script("echo on")).outputText == "on\n")
    }

    @Test("a script is on no command line and in no environment while it runs")
    func commandLines() async throws {
        let server = try await Server()
        let host = try await SSHPool().host(server.target())
        let secret = Secret(label: "replication.password", value: "hunter2-\(UInt64.random(in: 0 ... .max))")
        let path = "\(server.workplace.path)/begun"
        let task = Task {
            try await host.run(
                Script("password='\(secret)'; echo >'\(path)'; cat <<END >/dev/null; sleep 1\n$password\nEND"))
        }
        #expect(await eventually { access(path, F_OK) == 0 })
        #expect(try processTexts().contains { $0.contains("sh -s") || $0.contains("sh\0-s") })
        #expect(try !processTexts().contains { $0.contains(secret.reveal()) })
        #expect(try await task.value.succeeded)
    }
}
