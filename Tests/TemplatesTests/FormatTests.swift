import Diagnostics
import Templates
import Testing

@Suite struct FormatTests {
    private func write(_ value: TemplateValue, _ format: TemplateFormat) throws -> Content {
        try Template(text: "{{x}}", file: "case").render(["x": value], format: format)
    }

    @Test(
        "a shell word is bare when it can be, and in single quotes otherwise",
        arguments: [
            ("/srv/pg/data", "/srv/pg/data"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("$(id)", "'$(id)'"),
            ("`id`", "'`id`'"), ("a\\b", "'a\\b'"), ("x=y", "'x=y'"), ("~postgres", "'~postgres'"), ("é", "'é'"),
            ("*", "'*'"), ("e\u{301}'", "'e\u{301}'\\'''"),
        ])
    func shell(value: String, expected: String) throws {
        #expect(try write(.text(value), .shell).masked == expected)
    }

    @Test(
        "a systemd word doubles its percent signs and is quoted when it must be",
        arguments: [
            ("/srv/pg/data", "/srv/pg/data"), ("a%b", "a%%b"), ("a b", "\"a b\""), ("a\"b", "\"a\\\"b\""),
            ("a\\b", "\"a\\\\b\""), ("100% sure", "\"100%% sure\""),
        ])
    func systemd(value: String, expected: String) throws {
        #expect(try write(.text(value), .systemd).masked == expected)
    }

    @Test(
        "a field of .pgpass escapes colons and backslashes",
        arguments: [("app", "app"), ("a:b", "a\\:b"), ("a\\b", "a\\\\b"), ("fe80::1", "fe80\\:\\:1"), ("a b", "a b")])
    func pgpass(value: String, expected: String) throws {
        #expect(try write(.text(value), .pgpass).masked == expected)
    }

    @Test(
        "a value of postgresql.conf doubles quotes and backslashes",
        arguments: [
            ("", "''"), ("on", "on"), ("256MB", "256MB"), ("5432", "5432"), ("12ab34", "'12ab34'"), ("a b", "'a b'"),
            ("it's", "'it''s'"), ("C:\\", "'C:\\\\'"), ("# x", "'# x'"), ("-1", "'-1'"), ("0.9", "'0.9'"),
        ])
    func postgresqlConf(value: String, expected: String) throws {
        #expect(try write(.text(value), .postgresqlConf).masked == expected)
    }

    @Test("a verbatim value is written as it stands")
    func verbatim() throws {
        #expect(try write(.verbatim("max_connections = '1'"), .postgresqlConf).masked == "max_connections = '1'")
    }

    @Test("a secret stays one, is quoted whole, and its quotes do not tell what it is made of")
    func secret() throws {
        let template = try Template(text: "x={{x}}\n", file: "case")
        for (value, revealed) in [("plain", "'a plain'"), ("it's", "'a it'\\''s'")] {
            let content = Content("a \(Secret(label: "app.password", value: value))")
            let file = try template.render(["x": .text(content)], format: .shell)
            #expect(file.masked == "x='a <secret:app.password>'\n")
            #expect(file.revealed == "x=\(revealed)\n")
        }
        let word = Content(Secret(label: "app.password", value: "simple"))
        #expect(try write(.text(word), .postgresqlConf).revealed == "'simple'")
    }

    @Test("a format of one's own is a title, what it refuses and how it quotes")
    func ownFormat() throws {
        let format = TemplateFormat("a test", refusing: { $0 == "|" }, quoting: { "|" + $0 + "|" })
        #expect(try write("a", format).masked == "|a|")
        #expect(throws: Problems.self) { try write("a|", format) }
    }
}
