import FoundationEssentials
import Testing

/// What commands say of inventories/, without any host.
@Suite struct OfflineTests {
    @Test("the plan of a birth", arguments: Goldens.inventories)
    func plan(name: String) async throws {
        let result = try await KumkiProgram.run("plan", "inventories/\(name).yaml", "--offline")
        #expect(result.status == (result.errors.isEmpty ? 2 : 1))
        try Goldens.expect(result.output + result.errors, equals: "\(name)/plan.txt")
    }

    @Test("the plan of a birth as JSON", arguments: ["single", "pair-async", "trio-sync"])
    func json(name: String) async throws {
        let result = try await KumkiProgram.run("plan", "inventories/\(name).yaml", "--offline", "--json")
        #expect(result.status == 2)
        #expect(result.errors.isEmpty)
        try Goldens.expect(result.output, equals: "\(name)/plan.json")
        let document = try #require(JSONValue(result.output))
        #expect(document.keys == ["changes", "cluster", "summary"])
        #expect(
            document["changes"]?[0]?.keys
                == ["action", "after", "destroys_data", "diff", "effect", "host", "id", "reason", "step"])
        #expect(
            document["summary"]?.keys == ["create", "delete", "hosts", "reload", "restart", "run", "update"])
    }

    @Test("the rendered files, the same bytes each time", arguments: Goldens.inventories)
    func render(name: String) async throws {
        let folder = try TemporaryFolder()
        let file = "\(Goldens.root)/inventories/\(name).yaml"
        let result = try await KumkiProgram.run("render", file, "--output", "once", in: folder.path)
        guard result.status == 0 else {
            #expect(result.errors.contains("[engine.unsupported]"))
            return
        }
        _ = try await KumkiProgram.run("render", file, "--output", "twice", in: folder.path)
        let files = try folder.files(below: "once")
        #expect(files == (try folder.files(below: "twice")))
        #expect(!files.isEmpty)
        try Goldens.expect(digest(of: files), equals: "\(name)/render.txt")
    }

    /// Each content once, with the hosts that have it.
    private func digest(of files: [String: String]) -> String {
        var hosts: [String: [String]] = [:]
        for (file, text) in files.sorted(by: { $0.key < $1.key }) {
            let parts = file.split(separator: "/", maxSplits: 1).map(String.init)
            hosts["/\(parts[1])\n\(text)", default: []].append(parts[0])
        }
        return hosts.map { (order: $0.key, text: "=== \($0.value.joined(separator: ", ")): \($0.key)") }
            .sorted { $0.order < $1.order }.map(\.text).joined()
    }

    @Test("secrets are rendered by their names, and files have their modes")
    func secrets() async throws {
        let folder = try TemporaryFolder()
        let file = "\(Goldens.root)/inventories/pair-async.yaml"
        _ = try await KumkiProgram.run("render", file, "--output", ".", in: folder.path)
        let passwords = "db1/var/lib/postgresql/.pgpass"
        #expect(try folder.text(passwords).contains(":replicator:<secret:replication.password>\n"))
        #expect(try folder.mode(passwords) == 0o600)
        #expect(try folder.mode("db1/etc/postgresql/15/main/pg_hba.conf") == 0o640)
    }

    @Test("a folder that can't be written to is named")
    func unwritable() async throws {
        let result = try await KumkiProgram.run(
            "render", "inventories/single.yaml", "--output", "/proc/nowhere")
        #expect(result.status == 1)
        #expect(result.errors.contains("/proc/nowhere"))
        #expect(result.errors.contains("[file.unwritable]"))
    }

    @Test("the topology as DOT and Mermaid", arguments: Goldens.inventories)
    func topology(name: String) async throws {
        let dot = try await KumkiProgram.run("graph", "inventories/\(name).yaml", "--format", "dot")
        let mermaid = try await KumkiProgram.run("graph", "inventories/\(name).yaml", "--format", "mermaid")
        #expect(dot.status == 0 && mermaid.status == 0)
        try Goldens.expect(dot.output + "\n" + mermaid.output, equals: "\(name)/graph.txt")
    }

    @Test("the steps are drawn with what each waits for")
    func steps() async throws {
        let dot = try await KumkiProgram.run("graph", "inventories/pair-async.yaml", "--format", "dot", "--steps")
        try Goldens.expect(dot.output, equals: "pair-async/steps.dot")
        let svg = try await KumkiProgram.run("graph", "inventories/pair-async.yaml", "--format", "svg", "--steps")
        #expect(svg.status == 0)
        #expect(svg.output.hasPrefix("<svg "))
        #expect(svg.output.hasSuffix("</svg>\n"))
    }

    @Test("a copy of the playbooks is used in place of the built-in one")
    func playbooks() async throws {
        let folder = try TemporaryFolder()
        try folder.write("steps:\n  - {step: record, on: all}\n", to: "provision.yaml")
        let plan = try await KumkiProgram.run(
            "plan", "inventories/single.yaml", "--offline", "--playbooks", folder.path)
        #expect(plan.status == 2)
        #expect(plan.output.contains("Plan: 1 to create"))
        try folder.write("steps:\n  - {step: recrod, on: all}\n", to: "provision.yaml")
        let broken = try await KumkiProgram.run(
            "plan", "inventories/single.yaml", "--offline", "--playbooks", folder.path)
        #expect(broken.status == 1)
        #expect(broken.errors.contains("provision.yaml:2:"))
        #expect(broken.errors.contains("  2 |   - {step: recrod, on: all}"))
    }
}
