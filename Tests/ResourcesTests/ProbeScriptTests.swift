import Diagnostics
import Hosts
import PostgreSQL
import Resources
import TestSupport
import Testing

/// The script that reads a host, run by this machine's own sh.
@Suite struct ProbeScriptTests {
    private static let boundary = "B0UNDARY"

    private static var server: ServerProbe {
        ServerProbe(
            location: ServerLocation(
                version: .v15, binDirectory: "/usr/lib/postgresql/15/bin",
                dataDirectory: "/var/lib/postgresql/15/main", configDirectory: "/etc/postgresql/15/main",
                unit: "postgresql@15-main.service", isDistribution: true),
            settings: ["max_connections"], roles: ["app", "o'brien"], databases: ["app"])
    }

    private static func read(_ probe: Probe) async throws -> (facts: HostFacts?, output: [UInt8]) {
        let script = ProbeScript(probe: probe, boundary: boundary).script
        let outcome = try await LocalProgram.shell(script.text.revealed)
        return (parse(outcome.output, probe, errors: outcome.errorText), outcome.output)
    }

    private static func parse(_ output: [UInt8], _ probe: Probe, errors: String = "") -> HostFacts? {
        FactsParser.parse(output, errors: errors, boundary: boundary, host: "db1", probe: probe)
    }

    @Test("one script reads all that is asked for", arguments: [PostgresVersion.v96, .v15])
    func golden(version: PostgresVersion) async throws {
        var server = Self.server
        server.location.version = version
        let probe = Probe(
            files: ["/etc/hosts", "/it's here"], contents: ["/etc/hosts"], packages: ["curl"], units: ["a.service"],
            accounts: ["postgres"], commands: ["a listener": "true"], server: server)
        let text = ProbeScript(probe: probe, boundary: Self.boundary).script.text.revealed
        let folder = try TemporaryFolder()
        let file = try folder.write("probe.sh", text)
        let syntax = try await LocalProgram.run("dash", ["-n", file])
        #expect(syntax.succeeded, "\(syntax.errorText)")
        // SC1091, SC2034, SC2153: what /etc/os-release brings, and words that are read to be passed over.
        let check = try await LocalProgram.run(
            "shellcheck", ["-s", "sh", "-f", "gcc", "-e", "SC1091,SC2034,SC2153", file])
        #expect(check.succeeded, "\(check.outputText)")
        try Goldens.expect(text, equals: "Tests/ResourcesTests/Cases/probe-\(version).sh")
    }

    @Test("files come back with type, mode, owner, size and digest, whatever their names")
    func files() async throws {
        let folder = try TemporaryFolder()
        let names = ["plain", "with space", "it's", "a\"b", "tab\tname", "$HOME", "-n", "*", "pipe|name", "näme"]
        for name in names { try folder.write(name, "hello\n", mode: 0o640) }
        try folder.write("empty", "", mode: 0o4755)
        let made = try await LocalProgram.shell(
            "cd '\(folder.path)'; mkdir -m 0750 dir; ln -s plain link; ln -s none gone")
        try #require(made.succeeded)
        let all = names + ["empty", "dir", "link", "gone", "absent", "plain/below"]
        let paths = all.map { "\(folder.path)/\($0)" }
        let facts = try #require(try await Self.read(Probe(files: Set(paths))).facts)
        let digest = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
        for name in names {
            let file = try #require(facts.file("\(folder.path)/\(name)").value, "\(name)")
            #expect(file.kind == .regular && file.mode == "0640" && file.size == 6, "\(name)")
            #expect(file.sha256 == digest, "\(name)")
        }
        #expect(facts.file("\(folder.path)/empty").value?.mode == "4755")
        #expect(facts.file("\(folder.path)/dir").value?.kind == .directory)
        #expect(facts.file("\(folder.path)/dir").value?.mode == "0750")
        #expect(facts.file("\(folder.path)/link").value?.kind == .link)
        #expect(facts.file("\(folder.path)/gone").value?.kind == .link)
        #expect(facts.file("\(folder.path)/absent") == .absent)
        guard case .unknown = facts.file("\(folder.path)/plain/below") else {
            Issue.record("a path through a file is not a missing file")
            return
        }
    }

    @Test("contents come back byte for byte, and nothing in them passes for a section")
    func contents() async throws {
        let folder = try TemporaryFolder()
        let texts = [
            "none": "", "one": "a\n", "unended": "a", "blank": "\n\n", "crlf": "a\r\nb\r\n", "cr": "a\r",
            "imitation": "\(Self.boundary)x end\n B0UNDARY end\n@ end\n", "quotes": "'\"$(x)`y`\\n%s\n", "wide": "ä🐘\n",
        ]
        for (name, text) in texts { try folder.write(name, text) }
        try folder.write("latin1", [0x62, 0xFC, 0x0A])
        try folder.write("nul", [0x61, 0x00, 0x0A])
        let paths = (texts.keys + ["latin1", "nul", "missing", "."]).map { "\(folder.path)/\($0)" }
        let facts = try #require(try await Self.read(Probe(contents: Set(paths))).facts)
        for (name, text) in texts {
            let read = facts.content("\(folder.path)/\(name)").value
            #expect(read.map { Array($0.utf8) } == Array(text.utf8), "\(name)")
        }
        #expect(facts.content("\(folder.path)/missing") == .absent)
        for name in ["latin1", "nul", "."] {
            guard case .unknown = facts.content("\(folder.path)/\(name)") else {
                Issue.record("\(name) can't be written back as it was: it must not count as read")
                continue
            }
        }
    }

    @Test("packages, accounts and commands: there, not there, failed")
    func others() async throws {
        let probe = Probe(
            packages: ["dpkg", "no-such-package"], accounts: ["root", "no-such-account"],
            commands: ["says": "echo one; echo two", "silent": "true", "fails": "echo half; exit 3", "quits": "exit 0"])
        let facts = try #require(try await Self.read(probe).facts)
        #expect(facts.package("dpkg").value != nil)
        #expect(facts.package("no-such-package") == .absent)
        #expect(facts.account("root").value?.home == "/root")
        #expect(facts.account("no-such-account") == .absent)
        #expect(facts.command("says") == .present("one\ntwo\n"))
        #expect(facts.command("silent") == .absent)
        #expect(facts.command("fails") == .unknown("`fails` failed with status 3"))
        #expect(facts.command("quits") == .absent)
        #expect(facts.system.hostName != "")
        #expect(facts.system.memoryBytes > 1 << 20)
        #expect(facts.system.isRoot)
    }

    @Test("a data directory is told from an empty folder and from somebody's files")
    func server() async throws {
        let folder = try TemporaryFolder()
        func facts(_ prepare: String) async throws -> Reading<ServerFacts> {
            let made = try await LocalProgram.shell("cd '\(folder.path)' && rm -rf data; \(prepare)")
            try #require(made.succeeded, "\(made.errorText)")
            var probe = Self.server
            probe.location.dataDirectory = "\(folder.path)/data"
            probe.location.binDirectory = "\(folder.path)/no-programs"
            return try #require(try await Self.read(Probe(server: probe)).facts).server
        }
        let missing = try await facts(":")
        #expect(missing.isAbsent)
        let mountPoint = try await facts("mkdir -p data/lost+found")
        #expect(mountPoint.isAbsent)
        let foreign = try await facts("mkdir data; touch data/.hidden")
        #expect(foreign.value != nil && foreign.value?.dataVersion == nil)
        let stopped = try await facts(
            "mkdir data; echo 15 >data/PG_VERSION; touch data/standby.signal; echo 'a b' >data/kumki.failed")
        #expect(stopped.value?.dataVersion == "15")
        #expect(stopped.value?.hasStandbySignal == true)
        #expect(stopped.value?.marker == "a b")
        guard case .stopped? = stopped.value?.state else {
            Issue.record("no postmaster.pid: it is stopped")
            return
        }
        let reused = try await facts(
            "mkdir data; echo 15 >data/PG_VERSION; printf '1\\nx\\nx\\n5432\\n' >data/postmaster.pid")
        guard case .stopped? = reused.value?.state else {
            Issue.record("after a power failure the postmaster's number may be another process's")
            return
        }
    }

    @Test("output that was cut off anywhere is no reading, and a mutated one never traps")
    func fuzz() async throws {
        let folder = try TemporaryFolder()
        try folder.write("a", "one\r\ntwo\n")
        let probe = Probe(
            files: ["\(folder.path)/a", "\(folder.path)/b"], contents: ["\(folder.path)/a"], packages: ["dpkg"],
            units: ["ssh.service"], accounts: ["root"], commands: ["x": "echo y"], server: Self.server)
        let output = try await Self.read(probe).output
        let rows = ResourceCase.all.prefix(60).flatMap { Array(ProbeOutput.completed($0.observed).utf8) }
        try #require(Self.parse(output, probe) != nil)
        let end = output.count - "\(Self.boundary) end\n".utf8.count
        for length in stride(from: 0, to: end, by: 31) {
            #expect(Self.parse(Array(output.prefix(length)), probe) == nil)
        }
        var random = SplitMix(state: 20_261_121)
        let mark = Array("\n\(Self.boundary) ".utf8)
        for round in 0..<400 {
            var bytes = round % 2 == 0 ? output : rows.map { $0 == UInt8(ascii: "@") ? 0x0A : $0 } + mark + output
            for _ in 0..<(1 + Int.random(in: 0..<6, using: &random)) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(contentsOf: mark, at: index)
                case 3: bytes.insert(contentsOf: bytes[index...].prefix(40), at: index)
                default: bytes.removeSubrange(index..<min(bytes.count, index + 30))
                }
            }
            _ = Self.parse(bytes + mark + Array("end\n".utf8), probe)
        }
    }
}

/// A generator whose numbers are the same in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
