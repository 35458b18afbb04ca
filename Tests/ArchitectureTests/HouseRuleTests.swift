import Testing

@Suite struct HouseRuleTests {
    @Test("nothing imports Foundation: it is forty megabytes of a static binary", arguments: Repository.sourcesAndTests)
    func foundation(source: SwiftSource) {
        #expect(!source.imports.contains { $0.module == "Foundation" })
    }

    @Test("no file has more than 400 lines", arguments: Repository.sourcesAndTests)
    func length(source: SwiftSource) {
        #expect(source.lines.count <= 401)
    }

    @Test("no folder is named after nothing in particular", arguments: Repository.sourcesAndTests)
    func folders(source: SwiftSource) {
        let vague = ["Utils", "Utilities", "Helpers", "Common", "Core", "Shared", "Misc", "Managers"]
        #expect(source.file.folders.allSatisfy { !vague.contains($0) })
    }

    @Test("nothing is forced", arguments: Repository.sourcesAndTests)
    func force(source: SwiftSource) {
        #expect(source.places(of: "!", within: /\b(?:try|as)!|[\w)\]}"]!(?![=\w])/) == [])
        #expect(source.places(of: "E", within: /\bfatalError\b/) == [])
    }

    @Test("nothing is left to be done later", arguments: Repository.sourcesAndTests)
    func later(source: SwiftSource) {
        #expect(!source.file.text.contains(/\b(?:TO[D]O|FIX[M]E|X[X]X)\b/))
    }

    @Test("no file tells on which machine it was written")
    func machines() throws {
        let folders = [
            "Sources", "Tests", "docs", "templates", "playbooks", "inventories", "Benchmarks", "Fuzz", "Plugins",
        ]
        let files = try Repository.files(
            in: folders, endings: [".swift", ".md", ".yaml", ".conf", ".sh", ".h", ".service"])
        #expect(!files.isEmpty)
        for file in files {
            #expect(!file.text.contains(Repository.root + "/"), "\(file)")
            // A test may make up somebody's folder.
            guard file.folders.first != "Tests" else { continue }
            #expect(!file.text.contains(/\/(?:home|Users)\/[a-z]/), "\(file)")
        }
    }
}
