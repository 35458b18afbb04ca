import Diagnostics
import PostgreSQL
import Testing

@Suite struct QuotingTests {
    @Test("names are quoted always, quotes in them doubled")
    func identifier() throws {
        #expect(try Quoting.identifier("app") == #""app""#)
        #expect(try Quoting.identifier(#"a"b"#) == #""a""b""#)
        #expect(try Quoting.identifier("Größe") == #""Größe""#)
    }

    @Test("a name that the server would cut or refuse is refused here")
    func badIdentifier() {
        #expect(throws: Diagnostic.self) { try Quoting.identifier("") }
        #expect(throws: Diagnostic.self) { try Quoting.identifier("a\0b") }
        #expect(throws: Diagnostic.self) { try Quoting.identifier(String(repeating: "ä", count: 32)) }
        #expect(throws: Never.self) { try Quoting.identifier(String(repeating: "x", count: 63)) }
    }

    @Test("a string with a backslash takes the form with escapes")
    func literal() throws {
        #expect(try Quoting.literal("it's") == "'it''s'")
        #expect(try Quoting.literal(#"a\'b"#) == #"E'a\\''b'"#)
    }

    @Test("a quote under a combining accent is still a quote")
    func combining() throws {
        #expect(try Quoting.literal("a'\u{301}b").unicodeScalars.filter { $0 == "'" }.count == 4)
        #expect(try Quoting.hba("\"\u{301}").unicodeScalars.filter { $0 == "\"" }.count == 4)
    }

    @Test("a carriage return and line feed together are a line end")
    func lineEnds() {
        for text in ["a\nb", "a\rb", "a\r\nb"] {
            #expect(throws: Diagnostic.self) { try Quoting.passwordFile(text) }
            #expect(throws: Diagnostic.self) { try Quoting.hba(text) }
        }
    }

    @Test("a setting's value keeps its line ends as escapes")
    func setting() throws {
        #expect(try Quoting.setting("a'b\\c\n") == #"'a''b\\c\n'"#)
    }

    @Test("a connection value is quoted where it must be")
    func conninfo() throws {
        #expect(try Quoting.conninfo("db1") == "db1")
        #expect(try Quoting.conninfo("") == "''")
        #expect(try Quoting.conninfo("db 1") == "'db 1'")
        #expect(try Quoting.conninfo(#"it's \"#) == #"'it\'s \\'"#)
    }

    @Test("a quoted secret stays a secret")
    func secrets() throws {
        let password = Content(Secret(label: "replication.password", value: "s'e:c\\ret"))
        #expect(try Quoting.literal(password).masked == "E'<secret:replication.password>'")
        #expect(try Quoting.literal(password).revealed == #"E's''e:c\\ret'"#)
        #expect(try Quoting.conninfo(password).revealed == #"'s\'e:c\\ret'"#)
        #expect(try Quoting.setting(password).revealed == #"'s''e:c\\ret'"#)
    }

    @Test("a password file's line escapes colons and keeps a star from matching everything")
    func pgpass() throws {
        let entry = PgpassEntry(
            host: "::1", port: 5432, database: nil, user: "*", password: Secret(label: "p", value: "a:b\\c"))
        #expect(try entry.line().revealed == #"\:\:1:5432:*:\*:a\:b\\c"#)
        #expect(try entry.line().masked == #"\:\:1:5432:*:\*:<secret:p>"#)
    }
}
