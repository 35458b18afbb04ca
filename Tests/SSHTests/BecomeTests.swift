import Diagnostics
import Glibc
import Hosts
import SSH
import Testing

@Suite("Becoming root", .serialized)
struct BecomeTests {
    /// An sshd whose sessions find this script as `sudo`.
    private func server(sudo: String) async throws -> (Server, Workplace) {
        let workplace = try Workplace()
        try workplace.write("#!/bin/sh\n\(sudo)\n", to: "sudo")
        chmod("\(workplace.path)/sudo", 0o755)
        return (try await Server("SetEnv SHLVL=2 PATH=\(workplace.path):/usr/bin:/bin"), workplace)
    }

    private let willing =
        #"echo "sudo: unable to resolve host db1" >&2; [ "$1 $2" = "-n --" ] || exit 9; shift 2; exec "$@""#

    @Test("scripts, uploads and holds go through sudo -n")
    func sudo() async throws {
        let (server, workplace) = try await server(sudo: willing)
        let host = try await SSHPool().host(server.target { $0.becomeSudo = true })
        let outcome = try await host.run(Script("echo out; echo err >&2; exit 3"))
        #expect(outcome.ending == .exit(3))
        #expect(outcome.errorText == "sudo: unable to resolve host db1\nerr\n")
        try await host.upload([1, 2, 3], to: "\(workplace.path)/a file", limit: .seconds(10))
        #expect(try Array(workplace.bytes("a file")) == [1, 2, 3])
        let hold = try await host.hold(Script("echo ready; cat >/dev/null"))
        #expect(hold.greeting == "ready")
        await hold.release()
    }

    @Test("a sudo that wants a password is an error with sudo's words, for every kind of call")
    func password() async throws {
        let (server, workplace) = try await server(sudo: "echo 'sudo: a password is required' >&2; exit 1")
        let host = try await SSHPool().host(server.target { $0.becomeSudo = true })
        for call in 0..<3 {
            let error = await #expect(throws: HostError.self) {
                switch call {
                case 0: _ = try await host.run(Script(":"))
                case 1: try await host.upload([1], to: "\(workplace.path)/file", limit: .seconds(10))
                default: _ = try await host.hold(Script("echo ready; cat >/dev/null"))
                }
            }
            #expect(error?.code == "ssh.sudo")
            #expect(error?.message.contains("exit status 1") == true)
            #expect(error?.message.contains("sudo: a password is required") == true)
            #expect(error?.hint?.contains("NOPASSWD") == true)
        }
    }

    @Test("a script that fails as sudo fails is the script's own failure")
    func scriptFails() async throws {
        let (server, workplace) = try await server(sudo: willing)
        let host = try await SSHPool().host(server.target { $0.becomeSudo = true })
        let outcome = try await host.run(Script("echo 'sudo: a password is required' >&2; exit 1"))
        #expect(outcome.ending == .exit(1))
        withExtendedLifetime(workplace) {}
    }

    @Test("an account whose shell runs nothing says so")
    func noShell() async throws {
        let server = try await Server("ForceCommand echo 'This account is currently not available.'; exit 1")
        let host = try await SSHPool().host(server.target())
        let error = await #expect(throws: HostError.self) { _ = try await host.run(Script(":")) }
        #expect(error?.code == "ssh.shell")
        #expect(error?.message.contains("This account is currently not available.") == true)
    }
}
