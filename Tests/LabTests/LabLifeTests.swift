import Diagnostics
import FoundationEssentials
import Hosts
import Inventory
import Lab
import PostgreSQL
import Testing

@Suite("The life of a lab", .serialized)
struct LabLifeTests {
    @Test("a lab comes up, stays as it is the second time, and leaves nothing when it goes down")
    func upTwiceAndDown() async throws {
        let folder = "/var/tmp/kumki-life"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let ssh = SSHOptions(
            user: "root", identityFile: ".kumki/lab/life/id_ed25519", knownHostsFile: ".kumki/lab/life/known_hosts")
        let hosts = (1...3).map {
            InventoryHost(
                name: "db\($0)", address: "198.18.200.\(10 + $0)", roles: [$0 == 1 ? .primary : .standby], ssh: ssh)
        }
        let inventory = Inventory(
            file: "\(folder)/life.yaml", cluster: "life", hosts: hosts, postgresql: .init(version: .v15))
        let lab = try await Lab(inventory, options: .init(prebuilt: true))
        _ = try await lab.down()

        let first = try await lab.up()
        #expect(first.hosts.map(\.change) == [.created, .created, .created])
        #expect(first.warnings == [])
        let second = try await lab.up()
        #expect(second.hosts.map(\.change) == [.unchanged, .unchanged, .unchanged])
        let keys = try String(contentsOfFile: lab.folder.knownHostsFile, encoding: .utf8).split(separator: "\n")
        #expect(keys.count { $0.hasPrefix("198.18.200.12 ssh-ed25519 ") } == 1)
        let state = try await lab.execute(Script("systemctl is-system-running; pg_lsclusters -h"), on: "db1")
        #expect(state.outputText == "running\n")

        _ = try await lab.down()
        #expect(try await lab.containers() == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        try FileManager.default.removeItem(atPath: folder)
    }
}
