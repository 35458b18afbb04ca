import Diagnostics
import PostgreSQL
import Testing

@Suite struct ConninfoTests {
    @Test("quotes, escapes and blanks are read as libpq reads them")
    func parse() throws {
        let conninfo = try Conninfo(parsing: #"host = db1 port=5432 application_name='it\'s \\ me'user=a\ b options="#)
        #expect(conninfo.pairs.map(\.keyword) == ["host", "port", "application_name", "user", "options"])
        #expect(conninfo.pairs.map(\.value) == ["db1", "5432", #"it's \ me"#, "a b", ""])
    }

    @Test("what is written is read back")
    func roundTrip() throws {
        let conninfo = Conninfo([.init("host", "db1"), .init("password", #"' \ ="#), .init("options", "")])
        #expect(try Conninfo(parsing: try conninfo.text()) == conninfo)
    }

    @Test("order and quoting make no difference to what a string says, and the last of a keyword counts")
    func equivalence() throws {
        let one = try Conninfo(parsing: "host=db1 port=5432")
        #expect(one.isEquivalent(to: try Conninfo(parsing: "port='5432' host=db2 host='db1'")))
        #expect(!one.isEquivalent(to: try Conninfo(parsing: "host=db1")))
    }

    @Test("what libpq refuses is refused", arguments: ["host", "host db1", "host='db1", "=x", "postgresql://db1/app"])
    func malformed(text: String) {
        let error = #expect(throws: Diagnostic.self) { try Conninfo(parsing: text) }
        #expect(error?.code == "conninfo.syntax")
    }
}
