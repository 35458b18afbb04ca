@testable import CommandLine
import Blueprint
import Diagnostics
import Inventory
import Testing

@Suite struct SecretReaderTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func read(_ origin: SecretSource.Origin, environment: [String: String] = [:]) async throws -> (
        String, [Diagnostic]
    ) {
        var inventory = FakePlan.inventory
        inventory.file = "\(folder.path)/shop.yaml"
        let source = SecretSource(label: "replication.password", origin: origin)
        inventory.replication.password = source
        let reading = try await SecretReader(inventory: inventory, environment: environment).read()
        return (reading.secrets.secret(source).reveal(), reading.warnings)
    }

    private func problem(_ origin: SecretSource.Origin, environment: [String: String] = [:]) async throws -> Diagnostic
    {
        let problems = try await #require(throws: Problems.self) {
            _ = try await read(origin, environment: environment)
        }
        return try #require(problems.all.first)
    }

    @Test("a secret comes from the environment, a file or a command, without the line break at its end")
    func sources() async throws {
        try folder.write("from-file\n", to: "secret", mode: 0o600)
        #expect(try await read(.environment("X"), environment: ["X": "from-environment"]).0 == "from-environment")
        #expect(try await read(.file("secret")).0 == "from-file")
        #expect(try await read(.command(["cat", "secret"])).0 == "from-file")
        #expect(try await read(.literal(Secret(label: "l", value: "literal"))).0 == "literal")
    }

    @Test("a file that others may read is a warning with the command that mends it")
    func permissions() async throws {
        let file = try folder.write("x", to: "secret", mode: 0o644)
        let warnings = try await read(.file("secret")).1
        #expect(warnings.map(\.code) == ["secret.permissions"])
        #expect(warnings.first?.hint == "chmod 0600 \(file)")
        try folder.write("x", to: "secret", mode: 0o600)
        #expect(try await read(.file("secret")).1.isEmpty)
    }

    @Test("a command that fails says what it said on standard error, and not what it printed")
    func command() async throws {
        let failed = try await problem(.command(["sh", "-c", "echo geheim; echo locked >&2; exit 3"]))
        #expect(failed.code == "secret.command")
        #expect(failed.message == "replication.password: sh: it failed: locked")
        #expect(try await problem(.command(["no-such-program-here"])).message.contains("not found"))
    }

    @Test("what is missing, empty or has more than one line is an error")
    func broken() async throws {
        #expect(try await problem(.environment("X")).code == "secret.environment")
        #expect(try await problem(.environment("X"), environment: ["X": ""]).code == "secret.empty")
        #expect(try await problem(.file("none")).code == "secret.file")
        try folder.write("\n", to: "empty", mode: 0o600)
        #expect(try await problem(.file("empty")).code == "secret.empty")
        try folder.write("geheim\nzwei\n", to: "two", mode: 0o600)
        let lines = try await problem(.file("two"))
        #expect(lines.code == "secret.line-break")
        #expect(!lines.message.contains("geheim"))
    }
}
