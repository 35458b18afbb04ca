import FoundationEssentials
import Testing

@testable import SSH

@Suite("known_hosts")
struct KnownHostsTests {
    private static func key(_ seed: UInt8, type: String = "ssh-ed25519") throws -> HostKey {
        var blob = WireWriter()
        blob.string(type.utf8)
        blob.string([UInt8](repeating: seed, count: 32))
        return try #require(HostKey(blob: blob.bytes))
    }

    private static func line(_ hosts: String, _ key: HostKey) -> String {
        "\(hosts) \(key.type) \(key.base64)"
    }

    private func isKnown(_ text: String, _ name: String, _ key: HostKey) -> Bool {
        if case .known = KnownHosts(text.utf8).verdict(on: key, of: name) { true } else { false }
    }

    @Test("a host goes by its address, and by its port when that is not 22")
    func names() {
        #expect(KnownHosts.name(address: "DB1.Example", port: 22) == "db1.example")
        #expect(KnownHosts.name(address: "198.51.100.7", port: 2222) == "[198.51.100.7]:2222")
        #expect(KnownHosts.name(address: "2001:db8::1", port: 22) == "2001:db8::1")
        #expect(KnownHosts.name(address: "2001:db8::1", port: 2222) == "[2001:db8::1]:2222")
    }

    @Test(
        "a name is found among patterns",
        arguments: [
            ("db1", "db1", true), ("db1,db2", "db2", true), ("DB1.Example", "db1.example", true),
            ("db1", "db11", false),
            ("db?", "db1", true), ("db?", "db", false), ("db*", "db", true), ("*", "db1", true), ("d*1", "db-21", true),
            ("*.example", "db1.example", true), ("*.example", "db1.example.net", false), ("*b*b*", "abab", true),
            ("*,!db1", "db1", false), ("!db1,*", "db2", true), ("!db1", "db2", false),
            ("[db1]:2222", "[db1]:2222", true), ("[db1]:*", "[db1]:2222", true), ("db1", "[db1]:2222", false),
        ])
    func patterns(hosts: String, name: String, expected: Bool) throws {
        let key = try Self.key(1)
        #expect(isKnown(Self.line(hosts, key), name, key) == expected)
    }

    @Test("a hashed name is found, and no other")
    func hashed() throws {
        let key = try Self.key(1)
        // The salt is the bytes 0 to 19, the name "[db1]:2222"; computed by another program.
        let text = Self.line("|1|AAECAwQFBgcICQoLDA0ODxAREhM=|WngZMZ7CUn3hP2TRpu5mNAb9x8M=", key)
        #expect(isKnown(text, "[db1]:2222", key))
        #expect(!isKnown(text, "db1", key))
    }

    @Test("what can't be read is passed over, and the lines after it still count")
    func garbage() throws {
        let key = try Self.key(1)
        let text = [
            "# a comment", "", "   ", "db1", "db1 ssh-ed25519", "db1 ssh-ed25519 not*base64",
            "db1 ssh-rsa \(key.base64)",
            "|1|x|y ssh-ed25519 \(key.base64)", "|2|AAAA|AAAA ssh-ed25519 \(key.base64)",
            "@cert-authority " + Self.line("db1", key),
            "@unheard-of " + Self.line("db1", key), String(repeating: "x", count: 100_000), "\u{0}\u{1}",
        ].joined(separator: "\n")
        #expect(KnownHosts(text.utf8).lines.isEmpty)
        #expect(isKnown(text + "\n \t" + Self.line("db1", key) + " a comment\n", "db1", key))
    }

    @Test("lines may end as on Windows, and fields be apart by tabs")
    func lineEnds() throws {
        let key = try Self.key(1)
        #expect(isKnown("# x\r\ndb1\t\(key.type)\t\(key.base64)\r\n", "db1", key))
    }

    @Test("another key is a change, told with its line; another type of key, too")
    func changed() throws {
        let (known, other, third) = (try Self.key(1), try Self.key(2), try Self.key(3, type: "ssh-rsa"))
        let hosts = KnownHosts("\n\(Self.line("db1", known))\n".utf8)
        for key in [other, third] {
            guard case .changed(let line) = hosts.verdict(on: key, of: "db1") else {
                Issue.record("not seen as a change")
                continue
            }
            #expect(line.number == 2)
            #expect(line.key == known)
        }
        guard case .unknown = hosts.verdict(on: other, of: "db2") else {
            Issue.record("not seen as new")
            return
        }
    }

    @Test("one of several keys of a host is enough")
    func several() throws {
        let keys = try [Self.key(1), Self.key(2)]
        #expect(isKnown(keys.map { Self.line("db1", $0) }.joined(separator: "\n"), "db1", keys[1]))
    }

    @Test("a revoked key is refused though it is known, too")
    func revoked() throws {
        let (key, other) = (try Self.key(1), try Self.key(2))
        let text = "\(Self.line("db1", key))\n@revoked \(Self.line("*", key))\n\(Self.line("db1", other))\n"
        let hosts = KnownHosts(text.utf8)
        guard case .revoked(let line) = hosts.verdict(on: key, of: "db1") else {
            Issue.record("not seen as revoked")
            return
        }
        #expect(line.number == 2)
        #expect(isKnown(text, "db1", other))
        #expect(hosts.keys(of: "db1").count == 2)
    }

    @Test("a fingerprint is what ssh-keygen prints")
    func fingerprint() throws {
        let workplace = try Workplace()
        _ = try workplace.makeKey("key")
        let fields = try workplace.read("key.pub").split(separator: " ")
        let key = try #require(Data(base64Encoded: String(fields[1])).flatMap { HostKey(blob: Array($0)) })
        try ChildProcess.run("sh", "-c", "ssh-keygen -lf \(workplace.path)/key.pub >\(workplace.path)/print")
        #expect(try workplace.read("print").contains(" \(key.fingerprint) "))
    }
}
