import Testing

@Suite struct InitTests {
    @Test(
        "every layout is valid, and its secrets are there",
        arguments: ["pair", "trio-sync", "cascade", "pgpool", "pacemaker", "patroni"])
    func layouts(layout: String) async throws {
        let folder = try TemporaryFolder()
        let made = try await KumkiProgram.run("init", "shop", "--layout", layout, in: folder.path)
        #expect(made.status == 0, "\(made.errors)")
        let checked = try await KumkiProgram.run("validate", "shop.yaml", in: folder.path)
        #expect(checked.status == 0)
        #expect(checked.output.hasSuffix(": valid\n"))
        #expect(try folder.mode("secrets/shop/replicator") == 0o600)
        #expect(try folder.mode("secrets/shop") == 0o700)
        #expect(try folder.text("secrets/shop/replicator").count == 33)
        #expect(try folder.text("secrets/.gitignore") == "*\n")
    }

    @Test("what is there is never written over")
    func exists() async throws {
        let folder = try TemporaryFolder()
        _ = try await KumkiProgram.run("init", "shop", "--layout", "pair", in: folder.path)
        let secret = try folder.text("secrets/shop/replicator")
        let again = try await KumkiProgram.run("init", "shop", "--layout", "pgpool", in: folder.path)
        #expect(again.status == 1)
        #expect(again.errors.contains("[init.exists]"))
        #expect(try folder.text("secrets/shop/replicator") == secret)
        #expect(!(try folder.text("shop.yaml").contains("pgpool:")))
    }

    @Test("a name that no cluster can have is refused", arguments: ["Shop", "9", "a b", "../x"])
    func names(name: String) async throws {
        let folder = try TemporaryFolder()
        let result = try await KumkiProgram.run("init", name, "--layout", "pair", in: folder.path)
        #expect(result.status == 1)
        #expect(result.errors.contains("[inventory.name]"))
        #expect(try folder.files(below: ".").isEmpty)
    }
}
