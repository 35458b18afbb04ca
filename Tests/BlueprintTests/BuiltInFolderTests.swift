import Blueprint
import Diagnostics
import FoundationEssentials
import Templates
import Testing

@Suite struct BuiltInFolderTests {
    private static let root = String(#filePath.dropLast("/Tests/BlueprintTests/BuiltInFolderTests.swift".count))

    @Test(
        "the binary carries exactly what the folder holds (else: touch Package.swift and build again)",
        arguments: BuiltInFolder.Kind.allCases)
    func same(kind: BuiltInFolder.Kind) throws {
        let folder = "\(Self.root)/\(kind.rawValue)"
        var onDisk: [String: String] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            var isDirectory = false
            _ = FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isDirectory)
            if !isDirectory { onDisk[name] = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }
        }
        let builtIn = BuiltInFolder(kind).builtIn
        #expect(builtIn.keys.sorted() == onDisk.keys.sorted())
        for (name, text) in onDisk {
            #expect(builtIn[name]?.utf8.elementsEqual(text.utf8) == true, "\(name)")
        }
    }

    @Test("a copied folder is read instead, and what it lacks is not taken from the binary")
    func copy() throws {
        try withTemporaryFolder { folder in
            try "edited {{x}}".write(toFile: "\(folder)/a.conf", atomically: true, encoding: .utf8)
            let copy = BuiltInFolder(.templates, directory: folder)
            #expect(try copy.text(of: "a.conf") == "edited {{x}}")
            #expect(try copy.template(named: "a.conf").file == "\(folder)/a.conf")
            let name = try #require(BuiltInFolder(.templates).builtIn.keys.sorted().first)
            let problems = #expect(throws: Problems.self) { try copy.text(of: name) }
            #expect(problems?.all.first?.code == "folder.missing-file")
            #expect(problems?.all.first?.message == "\(folder)/\(name) does not exist")
        }
    }

    @Test("a file that is no text is an error that names it")
    func notText() throws {
        try withTemporaryFolder { folder in
            try Data([0xFF, 0xFE, 0x00]).write(to: URL(filePath: "\(folder)/a.conf"))
            let problems = #expect(throws: Problems.self) {
                try BuiltInFolder(.templates, directory: folder).text(of: "a.conf")
            }
            #expect(problems?.all.first?.code == "folder.unreadable-file")
            #expect(problems?.all.first?.message.contains("\(folder)/a.conf") == true)
        }
    }

    @Test("a built-in file that does not exist is an error that says which do")
    func unknown() {
        let problems = #expect(throws: Problems.self) { try BuiltInFolder(.playbooks).text(of: "dance.yaml") }
        #expect(problems?.all.first?.hint?.contains("provision.yaml") == true)
    }

    private func withTemporaryFolder(_ body: (String) throws -> Void) throws {
        let folder = "\(FileManager.default.temporaryDirectory.path())/kumki-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }
}
