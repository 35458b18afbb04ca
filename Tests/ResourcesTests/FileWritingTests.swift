import Diagnostics
import Hosts
import Resources
import TestSupport
import Testing

/// Files put in place by this machine's own sh.
@Suite struct FileWritingTests {
    private static func writing(_ path: String, _ content: Content, mode: String = "0640") -> FileWriting {
        FileWriting(path: path, content: content, mode: mode, owner: "root", group: "root")
    }

    private static func run(_ script: Content) async throws -> Outcome {
        try await LocalProgram.shell("set -eu\n" + script.revealed)
    }

    @Test(
        "every text arrives byte for byte",
        arguments: [
            "", "\n", "no newline at the end", "a\nb\n", "it's 'quoted' \"twice\"\n", "back\\slash \\n \\\\\n",
            "100% %s %d %%\n", "$HOME $(id) `id` ${x:-y}\n", "-n\n", "-e x\n", "a\r\nb\r\n", "\ttab\n", "ä🐘\n", "'",
            "''\n'",
            "EOF\n}\n",
        ])
    func content(text: String) async throws {
        let folder = try TemporaryFolder()
        let outcome = try await Self.run(Self.writing("\(folder.path)/it's a file", Content(text)).script)
        #expect(outcome.succeeded, "\(outcome.errorText)")
        let written = Array(try folder.text("it's a file").utf8)
        #expect(written == Array(text.utf8))
        #expect(try folder.names == ["it's a file"])
        #expect(try folder.mode("it's a file") == 0o640)
    }

    @Test(
        "random text of the shell's own characters arrives byte for byte, also as an argument and through SQL's quotes")
    func quoting() async throws {
        var random = SplitMix(state: 7)
        let letters = Array("'\"\\$`!*?[]{}()<>|&;#~=% \n\t-aé")
        for _ in 0..<25 {
            let text = String(
                (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                    letters[Int.random(in: 0..<letters.count, using: &random)]
                })
            let outcome = try await LocalProgram.shell("printf '%s' \(Shell.quote(text))")
            #expect(outcome.outputText == text)
            let content = Content(Secret(label: "x", value: text))
            #expect(try await LocalProgram.shell("printf '%s' \(Shell.quote(content).revealed)").outputText == text)
            let literal = SQL.literal(text)
            #expect(
                literal.dropFirst().dropLast().split(separator: "''", omittingEmptySubsequences: false).joined(
                    separator: "'") == text)
            #expect(SQL.literal(content).revealed == literal)
        }
    }

    @Test("a link at the temporary name is not followed, and one at the file's own name is replaced")
    func links() async throws {
        let folder = try TemporaryFolder()
        try folder.write("victim", "precious\n")
        try #require(
            try await LocalProgram.shell("cd '\(folder.path)'; ln -s victim f.kumki-new; ln -s victim f").succeeded)
        let outcome = try await Self.run(Self.writing("\(folder.path)/f", "new\n").script)
        #expect(outcome.succeeded, "\(outcome.errorText)")
        #expect(try folder.text("victim") == "precious\n")
        #expect(try folder.text("f") == "new\n")
        #expect(try await LocalProgram.shell("test -L '\(folder.path)/f'").succeeded == false)
    }

    @Test("killed between any two lines the old file stays whole, and the next run finishes")
    func interrupted() async throws {
        let content: Content = "first\nsecond with 'quotes'\n"
        let folder = try TemporaryFolder()
        let script = Self.writing("\(folder.path)/f", content).script.revealed
        // The content's own newlines are no places to stop at: sh reads a quoted word whole.
        let lines = ["rm -f", "(umask", "chown", "chmod", "sync", "mv -f"].compactMap {
            script.firstRange(of: $0)?.lowerBound
        }
        #expect(lines.count == 6)
        for stop in lines {
            try folder.write("f", "old\n")
            _ = try await LocalProgram.shell("set -eu\n" + script[..<stop])
            #expect(try folder.text("f") == "old\n")
            let outcome = try await LocalProgram.shell("set -eu\n" + script)
            #expect(outcome.succeeded, "\(outcome.errorText)")
            #expect(try folder.text("f") == content.revealed)
            #expect(try folder.names == ["f"])
        }
    }

    @Test("a secret is given to the shell's own words only, and its file is never readable by others")
    func secret() async throws {
        let folder = try TemporaryFolder()
        let writing = Self.writing("\(folder.path)/f", Content(Secret(label: "p", value: "s3cr3t-9")), mode: "0600")
        // -x names every command with its arguments, those that are run as programs too.
        let traced = try await LocalProgram.shell("set -eux\n" + writing.script.revealed)
        let carrying = traced.errorText.split(separator: "\n").filter { $0.contains("s3cr3t-9") }
        #expect(carrying.allSatisfy { $0.hasPrefix("+ printf ") }, "\(carrying)")
        #expect(!carrying.isEmpty)
        #expect(try folder.mode("f") == 0o600)
        let half = try #require(writing.script.revealed.firstRange(of: "chown"))
        _ = try await LocalProgram.shell(String(writing.script.revealed[..<half.lowerBound]))
        #expect(try folder.mode("f.kumki-new") == 0o600)
        #expect(!writing.script.masked.contains("s3cr3t-9"))
    }

    @Test("a script that the disk has no room for fails and leaves the old file")
    func fullDisk() async throws {
        let outcome = try await Self.run(Self.writing("/dev/full/f", "x").script)
        #expect(!outcome.succeeded)
        let folder = try TemporaryFolder()
        try folder.write("f", "old\n")
        let script = Self.writing("\(folder.path)/f", Content(String(repeating: "x", count: 200_000))).script.revealed
        // No file may grow beyond 8 blocks of 512 bytes.
        let full = try await LocalProgram.shell("trap '' XFSZ; ulimit -f 8; set -eu\n" + script)
        #expect(!full.succeeded)
        #expect(try folder.text("f") == "old\n")
    }
}
