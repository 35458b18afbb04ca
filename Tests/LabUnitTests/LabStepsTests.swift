import Diagnostics
import FoundationEssentials
import Hosts
import Inventory
import Lab
import Testing

/// `up` and `down` as a conversation with podman; what podman itself makes of it is seen by LabTests.
@Suite("The steps of a lab")
struct LabStepsTests {
    private static let hostKeys = "ssh-ed25519 AAAAC3 root@host\n"

    private struct Scene {
        let lab: Lab
        let programs: ScriptedPrograms

        func line(_ index: Int, state: String = "Up 2 minutes ago", shape: String? = nil) -> String {
            let container = lab.topology.containers[index]
            let fields = [
                container.name, state, "shop", container.host, shape ?? container.shape, lab.topology.inventory,
            ]
            return fields.joined(separator: "\t") + "\n"
        }
    }

    /// A lab of two hosts in a folder of its own, with every image made and podman at peace.
    private func inScene(_ body: (Scene) async throws -> Void) async throws {
        let cluster = "shop"
        let base = FileManager.default.temporaryDirectory.appending(path: "kumki-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: base) }
        let programs = ScriptedPrograms()
        let machine = Machine()
        let lab = try Lab(
            Samples.inventory(file: "\(base)/\(cluster).yaml"), options: Lab.Options(suite: .bookworm),
            engine: ContainerEngine(kind: .podman), on: machine, programs: programs)
        programs.answer("podman image inspect", .said(lab.image.recipeDigest(machine.apt)))
        programs.answer("ip route replace", .said())
        programs.answer("podman ps", .said())
        programs.answer("podman network ls", .said())
        programs.answer("podman network inspect", .said("198.18.7.0/24\n"))
        programs.answer("podman network create", .said())
        programs.answer("podman network rm", .said())
        programs.answer("podman run", .said("id"))
        programs.answer("podman rm", .said())
        programs.answer("podman exec", .said(Self.hostKeys))
        try FileManager.default.createDirectory(atPath: lab.folder.path, withIntermediateDirectories: true)
        for file in ["id_ed25519", "id_ed25519.pub"] {
            try Data("ssh-ed25519 AAAA kumki lab\n".utf8).write(to: URL(filePath: "\(lab.folder.path)/\(file)"))
        }
        try await body(Scene(lab: lab, programs: programs))
    }

    @Test("on a machine with nothing, the route comes before the network, and the network before its hosts")
    func fromNothing() async throws {
        try await inScene { scene in
            let report = try await scene.lab.up()
            #expect(report.hosts.map(\.change) == [.created, .created])
            let order = scene.programs.asked.map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
            #expect(order.prefix(2) == ["podman image inspect", "ip route replace"])
            let create = try #require(scene.programs.asked.first { $0.hasPrefix("podman network create") })
            let name = try #require(create.split(separator: " ").last)
            #expect(name.hasPrefix("kumki.shop."))
            let runs = scene.programs.asked(startingWith: "podman run")
            #expect(runs.count == 2 && runs.allSatisfy { $0.contains("--network \(name) ") })
            let known = try String(contentsOfFile: scene.lab.folder.knownHostsFile, encoding: .utf8)
            #expect(known == "198.18.7.11 ssh-ed25519 AAAAC3\n198.18.7.12 ssh-ed25519 AAAAC3\n")
        }
    }

    @Test("a lab that runs is asked for its keys and nothing else")
    func unchanged() async throws {
        try await inScene { scene in
            scene.programs.answer("podman ps", .said(scene.line(0) + scene.line(1)))
            scene.programs.answer("podman network ls", .said("kumki.shop.1f\n"))
            let report = try await scene.lab.up()
            #expect(report.hosts.map(\.change) == [.unchanged, .unchanged])
            for command in ["run", "rm", "start", "network create", "network rm"] {
                #expect(scene.programs.asked(startingWith: "podman \(command)") == [])
            }
        }
    }

    @Test("a container that is registered as running but dead is made anew, and only that one")
    func dead() async throws {
        try await inScene { scene in
            scene.programs.answer("podman ps", .said(scene.line(0) + scene.line(1)))
            scene.programs.answer("podman network ls", .said("kumki.shop.1f\n"))
            scene.programs.answer(
                "podman exec --interactive kumki.shop.db2", .failed("cannot exec in a stopped container", 255),
                .said(Self.hostKeys))
            let report = try await scene.lab.up()
            #expect(report.hosts.map(\.change) == [.unchanged, .replaced])
            #expect(report.hosts[1].reason == "it was registered but did not run")
            #expect(scene.programs.asked(startingWith: "podman run").count == 1)
        }
    }

    @Test("a host whose own sshd is at fault is left alone and named")
    func notReady() async throws {
        try await inScene { scene in
            scene.programs.answer("podman ps", .said(scene.line(0) + scene.line(1)))
            scene.programs.answer("podman network ls", .said("kumki.shop.1f\n"))
            scene.programs.answer(
                "podman exec --interactive kumki.shop.db1",
                .failed("ssh.service loaded failed\n", HostPreparation.notReady))
            let error = await #expect(throws: Diagnostic.self) { try await scene.lab.up() }
            #expect(error?.code == "lab.not-ready")
            #expect(error?.message.contains("ssh.service loaded failed") == true)
            #expect(scene.programs.asked(startingWith: "podman rm") == [])
        }
    }

    @Test("a container that keeps podman from listing any is removed by its id when it is the lab's own")
    func unlistable() async throws {
        let identifier = String(repeating: "0af1", count: 16)
        let words = "Error: joining network namespace of container \(identifier): no such file or directory"
        try await inScene { scene in
            scene.programs.answer("podman ps", .failed(words), .failed(words), .said())
            scene.programs.answer("podman container inspect", .said("shop\n"))
            let report = try await scene.lab.up()
            #expect(report.hosts.map(\.change) == [.replaced, .replaced])
            #expect(report.hosts[0].reason == "it died with the machine")
            #expect(scene.programs.asked(startingWith: "podman rm").map { $0.hasSuffix(identifier) } == [true])
        }
        try await inScene { scene in
            scene.programs.answer("podman ps", .failed(words))
            scene.programs.answer("podman container inspect", .said("somebody's\n"))
            let error = await #expect(throws: Diagnostic.self) { try await scene.lab.up() }
            #expect(error?.code == "lab.engine")
            #expect(error?.hint?.contains(identifier) == true)
            #expect(scene.programs.asked(startingWith: "podman rm") == [])
        }
    }

    @Test("an address that is still lent to a dead container makes the lab start over on a new network")
    func lentAddress() async throws {
        try await inScene { scene in
            scene.programs.answer("podman network ls", .said(), .said("kumki.shop.1f\n"), .said())
            scene.programs.answer(
                "podman run", .failed("IPAM error: requested ip address 198.18.7.11 is already allocated"), .said("id"))
            let report = try await scene.lab.up()
            #expect(report.hosts.map(\.change) == [.replaced, .replaced])
            let created = scene.programs.asked(startingWith: "podman network create")
            #expect(created.count == 2 && created[0] != created[1])
            #expect(scene.programs.asked(startingWith: "podman network rm") == ["podman network rm kumki.shop.1f"])
        }
    }

    @Test(
        "containers without their network, or with another one, are made anew",
        arguments: [
            (Outcome.said(), "its network was gone"), (.said("kumki.shop.1f\n"), "its network was 198.18.9.0/24"),
        ])
    func otherNetwork(listing: Outcome, reason: String) async throws {
        try await inScene { scene in
            scene.programs.answer("podman ps", .said(scene.line(0) + scene.line(1)))
            scene.programs.answer("podman ps", .said(scene.line(0)), .said(scene.line(0)), .said())
            scene.programs.answer("podman network ls", listing, listing, .said())
            scene.programs.answer("podman network inspect", .said("198.18.9.0/24\n"))
            let report = try await scene.lab.up()
            #expect(report.hosts.map(\.reason) == [reason, reason])
        }
    }

    @Test("down removes the containers, the network and the files, and asks twice for a container that is dead")
    func down() async throws {
        try await inScene { scene in
            scene.programs.answer("podman ps", .said(scene.line(0) + scene.line(1, state: "Exited (137)")))
            scene.programs.answer("podman network ls", .said("kumki.shop.1f\n"))
            scene.programs.answer(
                "podman rm --force --volumes --time 0 kumki.shop.db1", .failed("could not be stopped"), .said())
            let report = try await scene.lab.down()
            #expect(report.hosts.map(\.change) == [.removed, .removed])
            #expect(scene.programs.asked(startingWith: "podman rm").count == 3)
            #expect(scene.programs.asked(startingWith: "podman network rm") == ["podman network rm kumki.shop.1f"])
            #expect(!FileManager.default.fileExists(atPath: scene.lab.folder.path))
            #expect(scene.programs.asked(startingWith: "podman rmi") == [])
        }
    }
}

@Suite("Which engine is used")
struct EngineDetectionTests {
    @Test("root gets podman, another user docker, and a wanted engine is taken as it is")
    func detection() async throws {
        let programs = ScriptedPrograms()
        programs.answer("podman --version", .said("podman version 4.3.1"))
        programs.answer("docker info", .said("28.2"))
        func kind(_ wanted: ContainerEngine.Kind?, root: Bool) async throws -> ContainerEngine.Kind {
            try await ContainerEngine.detect(wanted, on: Machine(isRoot: root), programs: programs).kind
        }
        #expect(try await kind(nil, root: true) == .podman)
        #expect(try await kind(nil, root: false) == .docker)
        #expect(try await kind(.docker, root: true) == .docker)
        let error = await #expect(throws: Diagnostic.self) { try await kind(.podman, root: false) }
        #expect(error?.code == "lab.rootless")
    }

    @Test("no engine, or a docker client without its daemon: what to install is said")
    func missing() async {
        let programs = ScriptedPrograms()
        programs.answer("podman --version", .failed("not found", 127))
        programs.answer("docker info", .failed("Cannot connect to the Docker daemon", 1))
        let error = await #expect(throws: Diagnostic.self) {
            try await ContainerEngine.detect(nil, on: Machine(), programs: programs)
        }
        #expect(error?.code == "lab.engine-missing")
        #expect(error?.hint?.contains("apt-get install podman") == true)
    }
}
