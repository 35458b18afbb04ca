import Testing

/// What commands say when no host answers: nothing there may take long or break.
@Suite struct UnreachableTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("", to: "known_hosts")
        try folder.write(
            """
            cluster: shop
            ssh: {user: root, port: 1, connect_timeout: 300ms, known_hosts_file: known_hosts}
            hosts:
              db1: {address: 192.0.2.11, roles: [primary]}
              db2: {address: 192.0.2.12, roles: [standby]}
            postgresql: {version: 15}
            replication: {password: {env: KUMKI_TEST_PASSWORD}}

            """, to: "shop.yaml")
    }

    private func run(_ arguments: String...) async throws -> KumkiProgram.Result {
        try await KumkiProgram.run(arguments, in: folder.path, environment: ["KUMKI_TEST_PASSWORD": "geheim-4711"])
    }

    @Test("plan names each host and ends with 1")
    func plan() async throws {
        let result = try await run("plan", "shop.yaml")
        #expect(result.status == 1)
        #expect(result.errors.contains("error: db1: "))
        #expect(result.errors.contains("error: db2: "))
        #expect(!(result.output + result.errors).contains("geheim-4711"))
    }

    @Test("apply changes nothing and ends with 1, with one JSON document when asked for one")
    func apply() async throws {
        let result = try await run("apply", "shop.yaml", "--yes", "--json")
        #expect(result.status == 1)
        let document = try #require(JSONValue(result.output))
        #expect(document.keys == ["changes", "cluster", "result", "summary"])
        #expect(document["result"]?["ending"] == .string("refused"))
        #expect(result.errors.contains("Nothing was changed."))
    }

    @Test("status shows every host as unreachable and ends with 1")
    func status() async throws {
        let result = try await run("status", "shop.yaml", "--json")
        #expect(result.status == 1)
        let document = try #require(JSONValue(result.output))
        #expect(
            document.keys == [
                "cluster", "engine", "healthy", "nodes", "primary", "problems", "slots", "timeline", "vips",
            ])
        #expect(document["nodes"]?[0]?["running"] == .null)
        #expect(document["healthy"] == .bool(false))
    }

    @Test("verify and primary end with 1 and print nothing else", arguments: ["primary", "verify"])
    func others(command: String) async throws {
        let result = try await run(command, "shop.yaml")
        #expect(result.status == 1)
        #expect(!result.errors.isEmpty)
        if command == "primary" { #expect(result.output.isEmpty) }
    }

    @Test("a secret that is not there is named before any host is asked")
    func secret() async throws {
        let result = try await KumkiProgram.run(["plan", "shop.yaml"], in: folder.path)
        #expect(result.status == 1)
        #expect(result.errors.contains("shop.yaml:7:"))
        #expect(result.errors.contains("the environment has no KUMKI_TEST_PASSWORD [secret.environment]"))
        #expect(!result.errors.contains("db1"))
    }
}
