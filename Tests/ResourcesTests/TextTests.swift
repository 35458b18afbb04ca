import Diagnostics
import Hosts
import PostgreSQL
import Resources
import TestSupport
import Testing

@Suite struct ManagedBlockTests {
    private static let begin = "# kumki shop: begin (managed, changes here are undone)\n"
    private static let end = "# kumki shop: end\n"
    private static let block = begin + "ours\n" + end

    /// The file after the change, as its script writes it; nil where nothing changes.
    private static func merged(_ text: String, _ content: Content = "ours\n", top: Bool = false) async throws -> String?
    {
        let folder = try TemporaryFolder()
        let path = try folder.write("f", text)
        let resource = ManagedBlock(
            name: "f", path: path, cluster: "shop", content: content, position: top ? .top : .bottom)
        let file = FileFacts(mode: "0644", owner: "root", group: "root", size: text.utf8.count)
        let facts = HostFacts(host: "db1", files: [path: .present(file)], contents: [path: .present(text)])
        guard case .change(let change) = resource.compare(facts, in: ClusterFacts()) else { return nil }
        let outcome = try await LocalProgram.shell(change.script.text.revealed)
        #expect(outcome.succeeded, "\(outcome.errorText)")
        let after = try folder.text("f")
        let again = HostFacts(host: "db1", files: [path: .present(file)], contents: [path: .present(after)])
        guard case .same = resource.compare(again, in: ClusterFacts()) else {
            Issue.record("a second run changes it again: \(after)")
            return after
        }
        return after
    }

    @Test("foreign lines keep their place and their bytes")
    func foreign() async throws {
        #expect(try await Self.merged("") == Self.block)
        #expect(try await Self.merged("a\n\nb\n") == "a\n\nb\n" + Self.block)
        #expect(try await Self.merged("a\n", top: true) == Self.block + "a\n")
        #expect(try await Self.merged("a\n" + Self.begin + "old\n" + Self.end + "b\n") == "a\n" + Self.block + "b\n")
        #expect(try await Self.merged("a\nb\n" + Self.block) == nil)
        #expect(try await Self.merged("a\n" + Self.block + "b\n") == nil, "a line behind ours is no reason to move it")
    }

    @Test("a last line without a newline gets one, so that the block is not part of it")
    func unended() async throws {
        #expect(try await Self.merged("a") == "a\n" + Self.block)
        #expect(try await Self.merged("a\n" + Self.begin + "old") == "a\n" + Self.block)
    }

    @Test("lines that end in carriage returns stay so, and our marks are known with one")
    func carriageReturns() async throws {
        #expect(try await Self.merged("a\r\nb\r\n") == "a\r\nb\r\n" + Self.block)
        let windows = (Self.begin + "old\n" + Self.end).split(separator: "\n").joined(separator: "\r\n") + "\r\n"
        #expect(try await Self.merged("a\r\n" + windows) == "a\r\n" + Self.block)
    }

    @Test("a block without its end reaches to the end of the file; one of another cluster is foreign")
    func others() async throws {
        let other = "# kumki other: begin (managed, changes here are undone)\nx\n# kumki other: end\n"
        #expect(try await Self.merged(other) == other + Self.block)
        #expect(try await Self.merged("a\n" + Self.block, "") == "a\n")
    }
}

@Suite struct TextDiffTests {
    private static func diff(_ old: String, _ new: String) -> String? {
        TextDiff.unified(from: old, to: new, oldName: "a", newName: "b")
    }

    @Test("a diff is what diff -U2 prints")
    func asDiff() async throws {
        let texts = [
            "", "a\n", "a\nb\nc\nd\ne\nf\ng\nh\n", "a\nb\nX\nd\ne\nf\ng\nh\n", "X\na\nb\nc\nd\ne\nf\ng\nY\n", "h\n",
            "a\nb\nc\nc\nc\nd\n", "a\r\nb\n",
        ]
        let folder = try TemporaryFolder()
        for old in texts {
            for new in texts where old != new {
                try folder.write("a", old)
                try folder.write("b", new)
                let ours = try #require(Self.diff(old, new))
                try folder.write("patch", ours + "\n")
                let applied = try await LocalProgram.run(
                    "patch", ["-s", "-o", "\(folder.path)/out", "\(folder.path)/a", "\(folder.path)/patch"])
                #expect(applied.succeeded, "\(ours)\n\(applied.outputText)\(applied.errorText)")
                #expect(try folder.text("out") == new, "\(ours)")
            }
        }
    }

    @Test("equal texts have none, and a newline at the end is named")
    func edges() {
        #expect(Self.diff("a\n", "a\n") == nil)
        #expect(Self.diff("a\n", "a") == "--- a\n+++ b\n\\ only the newline at the end differs")
    }
}

@Suite struct SettingTextTests {
    private static let location = ServerLocation(
        version: .v15, binDirectory: "/b", dataDirectory: "/d", configDirectory: "/c", unit: "u", isDistribution: true)

    private static func words(_ old: String, _ new: String) -> [String] {
        SettingDifference.between(old, new).map(\.description)
    }

    @Test("two configurations differ by setting, not by text")
    func differences() {
        #expect(Self.words("a = 1\nb = 2\n", "b=2\n# x\na 1\n") == [])
        #expect(Self.words("a = 1\n", "a = 2\nb = ''\n") == ["a 1 -> 2", "b default -> ''"])
        #expect(Self.words("a = 1\nz = 9\n", "a = 1\n") == ["z 9 -> default"])
        #expect(Self.words("a = 1\na = 2\n", "a = 2\n") == [], "the last line counts")
        #expect(Self.words("a = 1\na = 2\n", "") == ["a 2 -> default"])
        #expect(Self.words("a = 'it''s'\n", "a = 'it\\'s'\n") == [])
    }

    @Test("a running server's values are told apart by what changes them")
    func live() throws {
        func setting(_ value: String, _ unit: String?, _ context: String, file: String = "/c/postgresql.conf")
            -> LiveSetting
        {
            LiveSetting(setting: value, unit: unit, vartype: "integer", context: context, sourceFile: file)
        }
        let live = LiveServer(
            versionNumber: 150_000, inRecovery: false, systemIdentifier: "1", timeline: 1,
            settings: [
                "shared_buffers": setting("8192", "8kB", "postmaster"), "work_mem": setting("4096", "kB", "user"),
                "max_connections": setting("100", nil, "postmaster"), "log_temp_files": setting("0", "kB", "superuser"),
                "block_size": setting("8192", nil, "internal", file: ""),
                "statement_timeout": setting("5", "ms", "user", file: "/d/postgresql.auto.conf"),
            ])
        let file = ServerRestart(
            desired: ["shared_buffers": "64MB", "max_connections": "200"], location: Self.location)
        let reload = ServerReload(desired: ["shared_buffers": "64MB", "work_mem": "4096kB"], location: Self.location)
        let facts = HostFacts(host: "db1", server: .present(ServerFacts(state: .running(live), dataVersion: "15")))
        guard case .change(let restarting) = file.compare(facts, in: ClusterFacts()),
            case .change(let reloading) = reload.compare(facts, in: ClusterFacts())
        else {
            Issue.record("both differ")
            return
        }
        #expect(restarting.reason == "max_connections 100 -> 200")
        #expect(reloading.reason == "log_temp_files 0 -> default")
    }
}
