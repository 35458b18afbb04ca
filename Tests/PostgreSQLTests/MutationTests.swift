import Diagnostics
import PostgreSQL
import Testing

/// A bounded run over damaged input; `make fuzz` goes deeper.
@Suite struct MutationTests {
    private static let seeds = [
        "0/5000060", "000000010000000000000005", "1\t0/5000060\tno recovery target specified\n2\t0/7000100\tx\n",
        "pg_control version number:            1300\nDatabase cluster state: in production\n",
        "host=db1 port=5432 application_name='it\\'s me' user=a\\ b", "fe80::1:198.18.0.1", "198.18.0.0/24",
        "host \"all\", app +staff 198.18.0.0 255.255.0.0 ldap ldapserver=l \"ldapprefix=cn=a, b\" # more\n",
        "max_connections = 100 # why\nlog_line_prefix = 'it''s \\101'\nx.y = 0x1F\ninclude 'a'\n",
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        "ANY 2 (\"db-2\", db3, *)", "15.18 (Debian 15.18-0+deb12u1)", "30.1GB", " -0x1e3 ms ",
        "\u{627}e\u{301}\u{AD}\u{D55C}\u{FB01}",
    ]

    private func mutated(_ text: String, _ generator: inout SeededGenerator) -> String {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let index = bytes.indices.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<5, using: &generator) {
            case 0 where !bytes.isEmpty: bytes[index] = .random(in: 0...255, using: &generator)
            case 1 where !bytes.isEmpty: bytes.remove(at: index)
            case 2: bytes.insert(.random(in: 0...127, using: &generator), at: index)
            case 3: bytes.insert(contentsOf: NastyString.make(&generator, longest: 2, lineEnds: true).utf8, at: index)
            default: bytes.insert(contentsOf: bytes.suffix(from: index), at: index)
            }
        }
        return String(decoding: bytes.prefix(400), as: UTF8.self)
    }

    @Test("no damaged input brings a parser down, and what one accepts reads back the same", arguments: seeds.indices)
    func parsers(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<100 {
            let text = mutated(Self.seeds[seed], &generator)
            if let lsn = LSN(text) { #expect(LSN(lsn.description) == lsn) }
            if let name = WALFileName(text) { #expect(name.description == text) }
            if let address = NetworkAddress(text) { #expect(NetworkAddress(address.description) == address) }
            if let history = try? TimelineHistory(timeline: Timeline(.max), parsing: text) {
                #expect(history.relation(to: history) == .same)
            }
            _ = try? ControlData(parsing: text)
            _ = PostgresVersion(reported: text)
            conninfo(text)
            files(text)
            values(text)
        }
    }

    private func conninfo(_ text: String) {
        guard let conninfo = try? Conninfo(parsing: text), let written = try? conninfo.text() else { return }
        #expect((try? Conninfo(parsing: written)) == conninfo, "\(text.debugDescription)")
    }

    private func files(_ text: String) {
        for rule in HBAFile(parsing: text).rules {
            guard let written = try? rule.text() else { continue }
            #expect(HBAFile(parsing: written).rules == [rule], "\(text.debugDescription)")
            _ = rule.problems(version: .v15)
        }
        for setting in ConfigurationFile(parsing: text).settings {
            guard let line = try? ConfigurationFile.line(setting.name, setting.value) else { continue }
            #expect(ConfigurationFile(parsing: line).settings.first?.value == setting.value, "\(text.debugDescription)")
        }
        _ = try? AutoConf.setting("work_mem", to: "4MB", in: text)
    }

    private func values(_ text: String) {
        if let verifier = PasswordVerifier(parsing: text) {
            #expect(PasswordVerifier(parsing: verifier.text) == verifier)
        }
        _ = try? PasswordVerifier(scramSHA256: text, salt: [0], iterations: 1)
        if let standbys = SynchronousStandbys(parsing: text), let written = try? standbys.text(version: .v15) {
            #expect(SynchronousStandbys(parsing: written) == standbys, "\(text.debugDescription)")
        }
        for name in [
            "work_mem", "wal_sender_timeout", "random_page_cost", "hot_standby", "wal_level", "max_connections",
        ] {
            for version in [PostgresVersion.v96, .v18] {
                _ = SettingCatalog.check(name: name, value: text, version: version)
            }
        }
    }
}
