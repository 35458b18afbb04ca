import Hosts
import Inventory
import Lab
import Testing

@Suite("Making a container a host")
struct HostPreparationTests {
    private func preparation(
        _ ssh: SSHOptions = SSHOptions(user: "root"), plain: Bool = false
    ) throws -> HostPreparation {
        let topology = try Samples.topology(Samples.inventory(["198.18.7.11"], ssh: ssh), plain: plain)
        return HostPreparation(
            container: topology.containers[0], ssh: ssh, localUser: "ann", authorizedKey: "ssh-ed25519 AAAA kumki lab\n"
        )
    }

    @Test("host keys become lines of known_hosts, with the port where it is not 22")
    func knownHosts() throws {
        let output = """
            a warning of the engine's
            ssh-ed25519 AAAAC3 root@db1
            ecdsa-sha2-nistp256 AAAAE2 root@db1
            """
        #expect(
            try preparation().knownHosts(from: output) == [
                "198.18.7.11 ssh-ed25519 AAAAC3", "198.18.7.11 ecdsa-sha2-nistp256 AAAAE2",
            ])
        let other = try preparation(SSHOptions(user: "root", port: 2222))
        #expect(other.knownHosts(from: output).first == "[198.18.7.11]:2222 ssh-ed25519 AAAAC3")
    }

    @Test("the account is the declared one, else the one that runs kumki")
    func account() throws {
        #expect(try preparation(SSHOptions(user: "ops")).script.contains("user='ops'"))
        #expect(try preparation(SSHOptions()).script.contains("user='ann'"))
        #expect(try preparation(SSHOptions(user: "o'brien")).script.contains(#"user='o'\''brien'"#))
    }

    @Test("sudo without a password only where the inventory becomes root by sudo")
    func sudo() throws {
        #expect(try preparation(SSHOptions(user: "ops", become: .sudo)).script.contains("NOPASSWD"))
        #expect(try !preparation(SSHOptions(user: "ops")).script.contains("NOPASSWD"))
    }

    @Test("every script that is run in a container passes shellcheck", arguments: [true, false])
    func shellcheck(plain: Bool) async throws {
        let ssh = SSHOptions(user: "ops", port: 2222, become: .sudo)
        let apt = AptSettings(archive: "https://m.example/debian", configuration: ["Acquire::Retries \"3\";"])
        var scripts = [try preparation(ssh, plain: plain).script, apt.script(for: .bookworm)]
        scripts += LabSuite.allCases.map { LabImage(suite: $0, prebuilt: plain).recipe }
        for script in scripts {
            let outcome = try await LocalPrograms().run(
                Command("shellcheck", ["--shell=sh", "-"], input: Array(script.utf8)))
            #expect(outcome.succeeded, "\(outcome.outputText)\(outcome.errorText)")
        }
    }
}
