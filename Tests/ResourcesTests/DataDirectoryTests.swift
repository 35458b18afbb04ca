import Diagnostics
import Hosts
import PostgreSQL
import Resources
import TestSupport
import Testing

/// A data directory filled by this machine's own sh, with a stand-in for initdb, killed at every program that it calls.
@Suite struct DataDirectoryTests {
    private static let programs = [
        "mv", "rm", "rmdir", "chmod", "chown", "sync", "install", "find", "cp", "ln", "setpriv",
    ]

    /// A folder with programs that end their caller at the call of a given number.
    private static func workplace() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in programs {
            let text = """
                #!/bin/sh
                n=$(($(cat '\(folder.path)/calls') + 1)); echo "$n" >'\(folder.path)/calls'
                if [ "$n" = "$KILL_AT" ]; then kill -9 "$PPID"; exit 1; fi
                for d in /usr/bin /bin; do [ -x "$d/\(name)" ] && exec "$d/\(name)" "$@"; done

                """
            try folder.write(name, text, mode: 0o755)
        }
        let initdb = """
            #!/bin/sh
            for a in "$@"; do case $a in --pgdata=*) D=${a#--pgdata=};; /*) D=$a;; esac; done
            mkdir "$D/base" "$D/pg_wal" "$D/.hidden" && echo 15 >"$D/PG_VERSION" && echo wal >"$D/pg_wal/0001" && echo x >"$D/base/1"

            """
        try folder.write("initdb", initdb, mode: 0o755)
        return folder
    }

    private static func initdb(in folder: TemporaryFolder, wal: Bool) throws -> String {
        let location = ServerLocation(
            version: .v15, binDirectory: folder.path, dataDirectory: "\(folder.path)/srv/data",
            configDirectory: "/none",
            account: "root", home: "/root", unit: "none", isDistribution: false)
        let resource = Initdb(
            location: location, encoding: "UTF8", locale: "C.UTF-8", dataChecksums: true,
            walDirectory: wal ? "\(folder.path)/wal" : nil)
        guard case .change(let change) = resource.compare(HostFacts(host: "db1", server: .absent), in: ClusterFacts())
        else { return "" }
        return change.script.text.revealed
    }

    @Test(
        "killed at any program, a second run makes the same data directory",
        arguments: [("", false), ("mkdir -p srv/data", true), ("mkdir -p srv/data/lost+found wal/lost+found", true)])
    func interrupted(prepare: String, wal: Bool) async throws {
        let folder = try Self.workplace()
        let script = try Self.initdb(in: folder, wal: wal)
        let listing = "cd '\(folder.path)'; find srv wal -printf '%p %y %l %m\\n' 2>/dev/null | LC_ALL=C sort"
        func run(killedAt number: Int) async throws -> Outcome {
            try folder.write("calls", "0\n")
            return try await LocalProgram.shell(
                "PATH='\(folder.path)':$PATH; KILL_AT=\(number); export PATH KILL_AT; set -eu; main() {\n\(script)}\nmain </dev/null\n"
            )
        }
        func reset() async throws {
            let made = try await LocalProgram.shell(
                "cd '\(folder.path)'; rm -rf srv wal; mkdir srv; \(prepare.isEmpty ? ":" : prepare)")
            try #require(made.succeeded)
        }
        try await reset()
        let whole = try await run(killedAt: 0)
        try #require(whole.succeeded, "\(whole.errorText)")
        let expected = try await LocalProgram.shell(listing).outputText
        #expect(expected.contains("srv/data/PG_VERSION f"))
        for mark in ["kumki-new", "kumki.new", "kumki.moving"] { #expect(!expected.contains(mark), "\(expected)") }
        #expect(try folder.text(wal ? "wal/0001" : "srv/data/pg_wal/0001") == "wal\n")
        let calls = Int(try folder.text("calls").split(separator: "\n")[0]) ?? 0
        try #require(calls > 4)
        for number in 1...calls {
            try await reset()
            let killed = try await run(killedAt: number)
            try #require(!killed.succeeded)
            let isMade = try await LocalProgram.shell("test -e '\(folder.path)/srv/data/PG_VERSION'").succeeded
            if isMade { continue }
            let again = try await run(killedAt: 0)
            #expect(again.succeeded, "killed at call \(number): \(again.errorText)")
            let made = try await LocalProgram.shell(listing).outputText
            #expect(made == expected, "killed at call \(number)")
        }
    }

    @Test(
        "nothing of somebody else's is touched: files in the data directory, in the side directory's place, in the WAL's"
    )
    func foreign() async throws {
        let folder = try Self.workplace()
        try folder.write("calls", "0\n")
        let script = try Self.initdb(in: folder, wal: true)
        for prepare in ["mkdir -p srv/data; echo x >srv/data/.precious", "mkdir -p srv wal; echo x >wal/precious"] {
            let made = try await LocalProgram.shell("cd '\(folder.path)'; rm -rf srv wal; \(prepare)")
            try #require(made.succeeded)
            let outcome = try await LocalProgram.shell("set -eu; main() {\n\(script)}\nmain </dev/null\n")
            #expect(!outcome.succeeded)
            #expect(outcome.errorText.contains("is not empty"), "\(outcome.errorText)")
            let left = try await LocalProgram.shell(
                "cat '\(folder.path)'/srv/data/.precious '\(folder.path)'/wal/precious")
            #expect(left.outputText.hasPrefix("x\n"))
        }
    }
}
