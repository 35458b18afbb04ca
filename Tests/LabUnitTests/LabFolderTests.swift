import Diagnostics
import FoundationEssentials
import Inventory
import Lab
import Testing

@Suite("The lab's files beside the inventory")
struct LabFolderTests {
    /// A folder of this test's own, gone when it ends.
    private func inFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kumki-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("only the secrets that the inventory keeps in the lab's folder are made, each once")
    func secretNames() {
        func file(_ path: String) -> SecretSource { SecretSource(label: "x", origin: .file(path)) }
        var inventory = Samples.inventory()
        inventory.postgresql.superuserPassword = file(".kumki/lab/shop/secrets/superuser")
        inventory.replication.password = file("./.kumki/lab/shop/secrets/replicator")
        inventory.ha.password = file(".kumki/lab/shop/secrets/replicator")
        inventory.pgpool.pcpPassword = file("secrets/pcp")
        inventory.pgpool.watchdog.authKey = file(".kumki/lab/shop/secrets/../../../evil")
        inventory.postgresql.users = [
            DeclaredUser(name: "app", password: .secret(file(".kumki/lab/shop/secrets/app"))),
            DeclaredUser(name: "web", password: .verifier("SCRAM-SHA-256$…")),
            DeclaredUser(name: "env", password: .secret(SecretSource(label: "x", origin: .environment("P")))),
        ]
        let folder = LabFolder(besides: "/srv/shop.yaml", cluster: "shop")
        #expect(folder.path == "/srv/.kumki/lab/shop")
        #expect(folder.secretNames(of: inventory) == ["superuser", "replicator", "app"])
    }

    @Test("keys and secrets are made once, for the owner alone, and leave nothing when removed")
    func files() async throws {
        try await inFolder { base in
            let folder = LabFolder(besides: "\(base)/shop.yaml", cluster: "shop")
            try await folder.prepare(secrets: ["superuser"], programs: LocalPrograms())
            let secret = "\(folder.path)/secrets/superuser"
            #expect(try mode(folder.path) == 0o700)
            #expect(try mode(secret) == 0o600)
            #expect(try mode(folder.identityFile) == 0o600)
            let first = try String(contentsOfFile: secret, encoding: .utf8)
            #expect(first.count == 33 && first.hasSuffix("\n"))
            #expect(try folder.publicKey().hasPrefix("ssh-ed25519 "))
            #expect(try String(contentsOfFile: "\(base)/.kumki/.gitignore", encoding: .utf8) == "*\n")

            try await folder.prepare(secrets: ["superuser", "app"], programs: LocalPrograms())
            #expect(try String(contentsOfFile: secret, encoding: .utf8) == first)
            #expect(try String(contentsOfFile: "\(folder.path)/secrets/app", encoding: .utf8) != first)

            try folder.remove()
            #expect(try FileManager.default.contentsOfDirectory(atPath: base) == [])
            try folder.remove()
        }
    }

    @Test("another lab beside the same inventories keeps its files")
    func otherLab() async throws {
        try await inFolder { base in
            let shop = LabFolder(besides: "\(base)/shop.yaml", cluster: "shop")
            let depot = LabFolder(besides: "\(base)/depot.yaml", cluster: "depot")
            try await shop.prepare(secrets: [], programs: LocalPrograms())
            try await depot.prepare(secrets: ["a"], programs: LocalPrograms())
            try shop.remove()
            #expect(FileManager.default.fileExists(atPath: "\(depot.path)/secrets/a"))
        }
    }

    @Test("an inventory that does not use the lab's key or host keys is told which lines are missing")
    func warnings() {
        let folder = LabFolder(besides: "/srv/shop.yaml", cluster: "shop")
        #expect(folder.warnings(on: Samples.inventory()) == [])
        let other = Samples.inventory(ssh: SSHOptions(user: "root", knownHostsFile: "/srv/.kumki/lab/shop/known_hosts"))
        let warnings = folder.warnings(on: other)
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("identity_file: .kumki/lab/shop/id_ed25519") == true)
    }
}
