import Diagnostics
import PostgreSQL
import Testing

extension ServerTests {
    private static let hex = "encode(convert_to(%, 'UTF8'), 'hex')"

    private func hex(_ column: String) -> String {
        "coalesce(encode(convert_to(\(column), 'UTF8'), 'hex'), 'null')"
    }

    @Test("strings that are quoted as SQL literals arrive whole")
    func literals() throws {
        let strings = NastyString.list(count: 300, seed: 1, lineEnds: true)
        let rows = try strings.map { "(\(try Quoting.literal($0)))" }.joined(separator: ",\n")
        for setting in ["on", "off"] {
            let result = try server.query(
                "set standard_conforming_strings = \(setting); set backslash_quote = on; set escape_string_warning = off; select \(hex("v")) from (values \(rows)) as t (v);"
            )
            #expect(result.map { $0[0] } == strings.map(\.hexadecimal))
        }
    }

    @Test("settings that are written are what pg_file_settings reads")
    func settingsWritten() throws {
        let values = NastyString.list(count: 400, seed: 2, lineEnds: true)
        let lines = try values.enumerated().map { try ConfigurationFile.line("x.v\($0)", $1) }
        let rows = try fileSettings(lines.joined(separator: "\n"))
        #expect(rows.map { $0[2] } == values.map(\.hexadecimal))
        #expect(rows.map { $0[0] } == values.indices.map { "\($0 + 1)" })
    }

    @Test("nasty lines are read as the server reads them")
    func settingsRead() throws {
        var generator = SeededGenerator(seed: 3)
        let starts = [
            "x.a", "x.b = ", "x.c=", "x.d '", "work_mem = ", "x.e = '", "1x = ", "x.f.g = ", "", "# ", "x-y = ", "X.a ",
        ]
        let ends = ["", "'", " # x", " #'", "' x", "=", "  "]
        let lines = (0..<600).map { _ in
            let value = NastyString.make(&generator, longest: 4)
            return (starts.randomElement(using: &generator) ?? "") + value
                + (ends.randomElement(using: &generator) ?? "")
        }
        try compare(lines)
    }

    @Test("values without quotes are read as the server reads them")
    func bareValuesRead() throws {
        var generator = SeededGenerator(seed: 4)
        let pieces = ["0", "1", "9", ".", "-", "+", "e", "E", "x", "0x", "MB", "s", "F", "a", ":", "/", "_", " ", "é"]
        try compare(
            (0..<600).map { _ in
                "x.n = " + (0..<5).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            })
    }

    /// Each line alone in a file: the server stops at the first error in one.
    private func compare(_ lines: [String]) throws {
        let original = try server.read("postgresql.conf")
        defer { try? server.write("postgresql.conf", original) }
        for (index, line) in lines.enumerated() { try server.write("line-\(index).conf", line) }
        try server.append("postgresql.conf", lines.indices.map { "include 'line-\($0).conf'\n" }.joined())
        let rows = try server.query(
            """
            select substring(sourcefile from 'line-(\\d+).conf'), \(hex("name")), \(hex("setting")) from pg_file_settings
            where sourcefile ~ '/line-\\d+.conf';
            """)
        let theirs = Dictionary(
            rows.map { (Int($0[0]) ?? -1, "\($0[1]) \($0[2])") }, uniquingKeysWith: { "\($0) \($1)" })
        #expect(theirs.values.contains { $0.hasPrefix("null") } && theirs.values.contains { !$0.hasPrefix("null") })
        for (index, line) in lines.enumerated() {
            let file = ConfigurationFile(parsing: line)
            let ours =
                file.problems.isEmpty
                ? file.settings.first.map { "\($0.name.hexadecimal) \($0.value.hexadecimal)" } : "null null"
            #expect(ours == theirs[index], "\(line.debugDescription)")
        }
    }

    /// Line, name and value of every line of a file, or `null` for a line that is no setting.
    private func fileSettings(_ text: String) throws -> [[String]] {
        try server.write("extra.conf", text)
        let original = try server.read("postgresql.conf")
        defer { try? server.write("postgresql.conf", original) }
        try server.append("postgresql.conf", "include 'extra.conf'\n")
        return try server.query(
            """
            select sourceline, \(hex("name")), \(hex("setting")) from pg_file_settings
            where sourcefile like '%/extra.conf' order by sourceline, seqno;
            """)
    }

    @Test("postgresql.auto.conf is written as ALTER SYSTEM writes it")
    func autoConf() throws {
        let values = NastyString.list(count: 30, seed: 5)
        for value in values {
            let before = try server.read("postgresql.auto.conf")
            try server.query(
                "alter system set archive_command = \(Quoting.literal(value)); alter system set work_mem = '8MB';")
            var ours = try AutoConf.setting("archive_command", to: value, in: before)
            ours = try AutoConf.setting("work_mem", to: "8MB", in: ours)
            #expect(ours == (try server.read("postgresql.auto.conf")))
        }
        let before = try server.read("postgresql.auto.conf")
        try server.query("alter system reset archive_command;")
        #expect(
            try AutoConf.setting("archive_command", to: nil, in: before) == (try server.read("postgresql.auto.conf")))
        try server.query("alter system reset all;")
    }

    @Test("rules that are written are what pg_hba_file_rules reads")
    func hba() throws {
        let original = try server.read("pg_hba.conf")
        defer { try? server.write("pg_hba.conf", original) }
        let names = NastyString.list(count: 240, seed: 6, longest: 5).filter { !$0.hasPrefix("/") }.prefix(200)
        let rules = stride(from: 0, to: names.count, by: 2).map { index in
            HBALine(
                .host, databases: [.name(names[index]), .keyword("all")], users: [.name(names[index + 1])],
                address: .init("198.18.0.0/24"), method: "ident", options: [.init("map", names[index])])
        }
        let text = try HBAFile.text(rules)
        #expect(HBAFile(parsing: text, version: server.version).rules == rules)
        let rows = try hbaRules(text)
        #expect(rows.filter { $0[4] != "null" } == [])
        #expect(rows.map { $0[1] } == rules.map { $0.databases.map(\.text.hexadecimal).joined(separator: ",") })
        #expect(rows.map { $0[2] } == rules.map { $0.users.map(\.text.hexadecimal).joined(separator: ",") })
        #expect(
            rows.map { $0[3] }
                == rules.map { $0.options.map { "\($0.name)=\($0.value)".hexadecimal }.joined(separator: ",") })
    }

    @Test("nasty files of rules are read as the server reads them")
    func hbaRead() throws {
        let original = try server.read("pg_hba.conf")
        defer { try? server.write("pg_hba.conf", original) }
        var generator = SeededGenerator(seed: 7)
        let lines = (0..<300).map { _ in
            let words = (0..<2).map { _ in NastyString.make(&generator, longest: 3) }
            return "local \(words[0]) \(words[1]) trust" + (Bool.random(using: &generator) ? " # \(words[0])" : "")
        }
        let text = lines.joined(separator: "\n")
        let ours = HBAFile(parsing: text, version: server.version).entries.compactMap { entry -> String? in
            guard case .rule(let rule) = entry.entry, rule.method == "trust", rule.options.isEmpty else { return nil }
            // A file with names, which is not there, and what may be no regular expression.
            let words = rule.databases + rule.users
            if words.contains(where: {
                !$0.isQuoted && $0.text.hasPrefix("@") && $0.text != "@" || $0.text.hasPrefix("/")
            }) {
                return nil
            }
            return "\(entry.line) "
                + [rule.databases, rule.users]
                .map { $0.map(\.text.hexadecimal).joined(separator: ",") }.joined(separator: " ")
        }
        let theirs = try hbaRules(text).filter { $0[4] == "null" && !("," + $0[1] + "," + $0[2]).contains(",2f") }.map {
            $0[0...2].joined(separator: " ")
        }
        for difference in Set(ours).symmetricDifference(theirs) {
            let line = Int(difference.prefix { $0 != " " }) ?? 1
            Issue.record("\(lines[line - 1].debugDescription): \(difference)")
        }
    }

    /// Line, databases, users, options and error of every rule.
    private func hbaRules(_ text: String) throws -> [[String]] {
        try server.write("pg_hba.conf", text)
        func list(_ column: String) -> String {
            "(select string_agg(encode(convert_to(v, 'UTF8'), 'hex'), ',' order by n) from unnest(\(column)) with ordinality t (v, n))"
        }
        return try server.query(
            "select line_number, \(list("database")), \(list("user_name")), \(list("options")), \(hex("error")) from pg_hba_file_rules order by 1;"
        )
    }
}
