import Testing

@Suite struct ExitCodeTests {
    @Test(
        "a bad command line ends with 64",
        arguments: [
            ["bogus"], ["plan"], ["plan", "a.yaml", "--bogus"], ["graph", "a.yaml"],
            ["graph", "a.yaml", "--format", "png"],
            ["init", "shop", "--layout", "heap"], ["plan", "a.yaml", "--parallel", "0"],
            ["plan", "a.yaml", "--limit", "a,,b"],
            ["plan", "a.yaml", "--restart", "some"], ["plan", "a.yaml", "--offline", "--out", "x"],
            ["render", "a.yaml"],
            ["apply", "a.yaml", "--plan", "x", "--limit", "db1"], ["status", "a.yaml", "--watch", "--json"],
            ["swichover", "a.yaml"],
            ["lab", "sideways"], ["plan", "inventories/single.yaml", "--offline", "--limit", "db9"],
        ])
    func usage(arguments: [String]) async throws {
        let result = try await KumkiProgram.run(arguments)
        #expect(result.status == 64, "\(result.errors)")
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("Error: "))
    }

    @Test(
        "help and version end with 0", arguments: [["--help"], ["--version"], ["apply", "--help"], ["help", "plan"]])
    func help(arguments: [String]) async throws {
        let result = try await KumkiProgram.run(arguments)
        #expect(result.status == 0)
        #expect(!result.output.isEmpty)
    }

    @Test("an inventory that can't be read is an error with a code and a hint")
    func missing() async throws {
        let result = try await KumkiProgram.run("validate", "nowhere.yaml")
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("error: nowhere.yaml can't be read [inventory.unreadable]\n  hint: "))
    }

    @Test("validate shows every mistake with its place, and ends with 1")
    func mistakes() async throws {
        let result = try await KumkiProgram.run("validate", "Tests/diagnostics/many-mistakes.yaml")
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("Tests/diagnostics/many-mistakes.yaml:"))
        #expect(result.errors.contains("^"))
        #expect(!result.errors.contains("\u{1B}["))
    }

    @Test("a valid inventory is said to be so", arguments: Goldens.inventories)
    func valid(name: String) async throws {
        let result = try await KumkiProgram.run("validate", "inventories/\(name).yaml")
        #expect(result.status == 0)
        #expect(result.output.hasSuffix(": valid\n"))
    }

    @Test("schema prints JSON Schema")
    func schema() async throws {
        let result = try await KumkiProgram.run("schema")
        #expect(result.status == 0)
        #expect(result.output.contains("https://json-schema.org/draft/2020-12/schema"))
    }

    @Test("completion scripts come from the argument parser", arguments: ["bash", "zsh", "fish"])
    func completions(shell: String) async throws {
        let result = try await KumkiProgram.run("--generate-completion-script", shell)
        #expect(result.status == 0)
        #expect(result.output.contains("kumki"))
    }

    @Test("a saved plan that is none is refused before any host is asked")
    func notAPlan() async throws {
        let folder = try TemporaryFolder()
        try folder.write("{}", to: "plan.json")
        let result = try await KumkiProgram.run(
            "apply", "\(Goldens.root)/Tests/schema/valid/forms.yaml", "--plan", "plan.json", in: folder.path)
        #expect(result.status == 1)
    }
}
