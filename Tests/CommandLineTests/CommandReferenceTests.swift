import FoundationEssentials
import Testing

/// docs/commands.md against what the program says of itself.
@Suite struct CommandReferenceTests {
    private struct Dump: Decodable {
        var command: Command
    }

    private struct Command: Decodable {
        var commandName: String
        var subcommands: [Command]?
        var arguments: [Argument]?
    }

    private struct Argument: Decodable {
        var names: [Name]?
    }

    private struct Name: Decodable {
        var kind: String
        var name: String
    }

    @Test("every command has a section, and every option stands in it or in the table of common ones")
    func complete() async throws {
        let dump = try await KumkiProgram.run("--experimental-dump-help")
        let root = try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command
        let page = try String(contentsOfFile: "\(Goldens.root)/docs/commands.md", encoding: .utf8)
        let sections = page.components(separatedAt: "\n## ")
        let common = try #require(sections.first { $0.hasPrefix("Options of several commands") })
        var known: Set<String> = []
        check(root, path: [], sections, common, &known)
        let titles = sections.dropFirst().map { String($0.prefix { $0 != "\n" }) }.filter { $0.hasPrefix("kumki ") }
        #expect(Set(titles) == known)
    }

    private func check(
        _ command: Command, path: [String], _ sections: [String], _ common: String, _ known: inout Set<String>
    ) {
        let path = path + [command.commandName]
        let title = path.joined(separator: " ")
        let subcommands = (command.subcommands ?? []).filter { $0.commandName != "help" }
        for next in subcommands { check(next, path: path, sections, common, &known) }
        if !subcommands.isEmpty { return }
        known.insert(title)
        guard let section = sections.first(where: { $0.hasPrefix(title + "\n") }) else {
            Issue.record("docs/commands.md has no section \(title)")
            return
        }
        // What `lab up` says of its containers holds for `lab test` too.
        let inherited = title == "kumki lab test" ? sections.first { $0.hasPrefix("kumki lab up\n") } ?? "" : ""
        for name in (command.arguments ?? []).flatMap({ $0.names ?? [] }) where name.kind == "long" {
            if ["help", "version"].contains(name.name) { continue }
            let option = "--\(name.name)"
            #expect((section + inherited + common).contains(option), "\(title): \(option)")
        }
    }
}

extension String {
    fileprivate func components(separatedAt mark: String) -> [String] {
        split(separator: mark, omittingEmptySubsequences: false).map(String.init)
    }
}
