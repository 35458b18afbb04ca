import Diagnostics
import Glibc
import Hosts
import Testing

@testable import SSH

@Suite("Running scripts over SSH", .serialized)
struct RunTests {
    @Test("a script's output, errors and exit status come back")
    func outcome() async throws {
        let server = try await Server()
        let host = try await SSHPool().host(server.target())
        let outcome = try await host.run(Script("echo out; echo err >&2; exit 7"))
        #expect(outcome.outputText == "out\n")
        #expect(outcome.errorText == "err\n")
        #expect(outcome.ending == .exit(7))
        #expect(host.hostKey.type == "ssh-ed25519")
    }

    @Test(
        "any script passes the envelope",
        arguments: [
            "", "\n", "# only a comment", "cat <<'END'\nEND\n", "exit 0", "exec true", "set -e\nfalse || true",
            "#!/bin/sh\n:",
        ])
    func anyScript(text: String) async throws {
        let server = try await Server()
        let host = try await SSHPool().host(server.target())
        let outcome = try await host.run(Script(Content(text)))
        #expect(outcome == Outcome(ending: .exit(0)))
    }

    @Test("a script with a syntax error runs not a line of itself")
    func syntaxError() async throws {
        let server = try await Server()
        let host = try await SSHPool().host(server.target())
        let outcome = try await host.run(Script("echo begun\nif true; then\n"))
        #expect(outcome.ending == .exit(2))
        #expect(outcome.output.isEmpty)
        #expect(outcome.errorText.contains("yntax error"))
    }

    @Test("a program that a script starts reads no line of the script")
    func standardInput() async throws {
        let server = try await Server()
        let host = try await SSHPool().host(server.target())
        let outcome = try await host.run(Script("cat\necho after"))
        #expect(outcome.outputText == "after\n")
    }

    @Test("a script killed by a signal is told from one that succeeded")
    func signal() async throws {
        let server = try await Server()
        let host = try await SSHPool().host(server.target())
        let outcome = try await host.run(Script("kill -9 $$"))
        #expect(outcome.ending == .signal("KILL"))
    }

    @Test("8 channels carry 5 MB both ways at once over one connection")
    func bulk() async throws {
        let server = try await Server()
        let session = Session(server.target())
        try await session.connect(limit: .seconds(10))
        let bytes = Array(String(repeating: "0123456789abcdef", count: 5 << 16).utf8)
        try await withThrowingTaskGroup { group in
            for number in UInt8(1)...8 {
                group.addTask {
                    let input = [number] + bytes
                    let outcome = try await session.run(
                        "tee /dev/stderr", input: input, limit: .seconds(60), what: "tee")
                    return outcome.succeeded && same(outcome.output, input) && same(outcome.errors, input)
                }
            }
            for try await isWhole in group { #expect(isWhole) }
        }
    }

    @Test("an upload arrives whole, with mode 0600, in place of what was there")
    func upload() async throws {
        let server = try await Server()
        let host = try await SSHPool().host(server.target())
        let path = "\(server.workplace.path)/it's a file"
        let bytes = Array(String(repeating: "0123456789abcdef", count: 5 << 16).utf8)
        _ = try await host.run(Script("umask 022; echo old >'\(server.workplace.path)/it'\\''s a file'"))
        try await host.upload(bytes, to: path, limit: .seconds(20))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600 && status.st_size == off_t(bytes.count))
        #expect(try Array(server.workplace.bytes("it's a file")) == bytes)
    }

    @Test("an upload that can't be written says why")
    func uploadFails() async throws {
        let server = try await Server()
        let host = try await SSHPool().host(server.target())
        let error = await #expect(throws: HostError.self) {
            try await host.upload([1, 2, 3], to: "/nonexistent/file", limit: .seconds(20))
        }
        #expect(error?.code == "ssh.upload")
        #expect(error?.message.contains("/nonexistent/file") == true)
        #expect(try await host.run(Script("echo on")).outputText == "on\n")
    }

    @Test("a held script lives until it is released")
    func hold() async throws {
        let server = try await Server()
        let host = try await SSHPool().host(server.target())
        let mark = "\(server.workplace.path)/released"
        let hold = try await host.hold(Script("echo ready $$; cat >/dev/null; echo >'\(mark)'"))
        #expect(hold.greeting.hasPrefix("ready "))
        #expect(try await host.run(Script("test -e '\(mark)'")).ending == .exit(1))
        await hold.release()
        #expect(try await host.run(Script("test -e '\(mark)'")).ending == .exit(0))
    }

    @Test("a held script that ends before its first line throws its own words and status")
    func holdEnds() async throws {
        let server = try await Server()
        let host = try await SSHPool().host(server.target())
        let error = await #expect(throws: HostError.self) {
            _ = try await host.hold(Script("echo 'held by kumki since noon' >&2; exit 75"))
        }
        #expect(error?.code == "ssh.hold")
        #expect(error?.status == 75)
        #expect(error?.message.contains("held by kumki since noon") == true)
    }
}

/// `==` of long arrays takes seconds in a debug build.
private func same(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && memcmp(left, right, left.count) == 0
}
