import Diagnostics
import Glibc
import Hosts
import Testing

@testable import SSH

@Suite("Authentication", .serialized)
struct AuthenticationTests {
    @Test("a key in the agent is used, whichever its type", arguments: ["ed25519", "ecdsa", "rsa"])
    func agent(type: String) async throws {
        let server = try await Server()
        let key = try server.workplace.makeKey("mine", type: type)
        try server.authorize("mine")
        let agent = try await AgentProcess(server.workplace, keys: [key])
        let target = server.target {
            $0.identityFile = nil
            $0.agentSocket = agent.socket
        }
        _ = try await SSHPool().host(target)
        #expect(server.log.contains(type == "rsa" ? "Accepted publickey" : "Accepted key"))
    }

    @Test("an identity file is used, whichever its type", arguments: ["ed25519", "ecdsa"])
    func file(type: String) async throws {
        let server = try await Server()
        let key = try server.workplace.makeKey("mine", type: type)
        try server.authorize("mine")
        _ = try await SSHPool().host(server.target { $0.identityFile = key })
    }

    @Test("an RSA identity file works with libssh2 1.11 and says what to do with an older one")
    func rsaFile() async throws {
        let server = try await Server()
        let key = try server.workplace.makeKey("mine", type: "rsa")
        try server.authorize("mine")
        let target = server.target { $0.identityFile = key }
        if Library.signsRSAWithSHA2 {
            _ = try await SSHPool().host(target)
        } else {
            let error = await #expect(throws: HostError.self) { _ = try await SSHPool().host(target) }
            #expect(error?.code == "ssh.identity")
            #expect(error?.hint == "load it into ssh-agent: `ssh-add \(key)`")
        }
    }

    @Test("of several keys in the agent an identity file names one, be it encrypted")
    func named() async throws {
        let server = try await Server("MaxAuthTries 2")
        var keys: [String] = []
        for number in 1...4 { keys.append(try server.workplace.makeKey("key\(number)")) }
        try server.authorize("key4")
        let agent = try await AgentProcess(server.workplace, keys: keys)
        try ChildProcess.run("ssh-keygen", "-q", "-p", "-N", "secret", "-f", keys[3])
        let target = server.target {
            $0.identityFile = keys[3]
            $0.agentSocket = agent.socket
        }
        _ = try await SSHPool().host(target)
        // Shown one after the other they exhaust the host's patience.
        let error = await #expect(throws: HostError.self) {
            _ = try await SSHPool().host(
                server.target {
                    $0.identityFile = nil
                    $0.agentSocket = agent.socket
                })
        }
        #expect(error?.code == "ssh.auth")
        #expect(error?.hint?.contains("MaxAuthTries") == true)
    }

    @Test("an encrypted identity file that no agent holds says what to do")
    func encrypted() async throws {
        let server = try await Server()
        let key = try server.workplace.makeKey("mine", passphrase: "secret")
        let error = await #expect(throws: HostError.self) {
            _ = try await SSHPool().host(server.target { $0.identityFile = key })
        }
        #expect(error?.code == "ssh.identity")
        #expect(error?.message == "\(key) is encrypted with a passphrase")
        #expect(error?.hint == "load it into ssh-agent: `ssh-add \(key)`")
    }

    @Test("a key that the host does not accept is named, with what the host takes")
    func wrongKey() async throws {
        let server = try await Server()
        let key = try server.workplace.makeKey("other")
        let error = await #expect(throws: HostError.self) {
            _ = try await SSHPool().host(server.target { $0.identityFile = key })
        }
        #expect(error?.code == "ssh.auth")
        #expect(error?.message == "no key was accepted for \(Account.name): \(key); the host takes publickey")
    }

    @Test("a missing identity file, and a file that is no key, are named")
    func noKey() async throws {
        let server = try await Server()
        let directory = server.workplace.path
        for (path, words) in [
            ("\(directory)/none", "does not exist"), ("\(directory)/sshd_config", "is no private key"),
        ] {
            let error = await #expect(throws: HostError.self) {
                _ = try await SSHPool().host(server.target { $0.identityFile = path })
            }
            #expect(error?.code == "ssh.identity")
            #expect(error?.message.contains(path) == true && error?.message.contains(words) == true)
        }
    }

    @Test("an agent that never answers holds up nobody else")
    func hungAgent() async throws {
        let server = try await Server()
        let agent = try await AgentProcess(server.workplace, keys: [])
        agent.pause()
        let stuck = server.target {
            $0.agentSocket = agent.socket
            $0.connectTimeout = .seconds(5)
        }
        let task = Task { _ = try await SSHPool().host(stuck) }
        #expect(try await SSHPool().host(server.target()).run(Script("echo on")).outputText == "on\n")
        let error = await #expect(throws: HostError.self) { try await task.value }
        #expect(error?.message == "authentication took longer than 5 s")
    }
}
