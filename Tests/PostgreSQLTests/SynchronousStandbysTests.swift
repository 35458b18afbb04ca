import Diagnostics
import PostgreSQL
import Testing

@Suite struct SynchronousStandbysTests {
    @Test("names are written as each version understands them")
    func write() throws {
        let standbys = SynchronousStandbys(.first, count: 1, names: ["db2", "db-3"])
        #expect(try standbys.text(version: .v96) == #"1 ("db2", "db-3")"#)
        #expect(try standbys.text(version: .v10) == #"FIRST 1 ("db2", "db-3")"#)
        #expect(try SynchronousStandbys(.any, count: 2, names: ["*"]).text(version: .v15) == "ANY 2 (*)")
        #expect(try SynchronousStandbys.none.text(version: .v15) == "")
        #expect(throws: Diagnostic.self) { try SynchronousStandbys(.any, count: 1, names: ["a"]).text(version: .v96) }
    }

    @Test(
        "live values are understood",
        arguments: [
            ("", SynchronousStandbys.none), ("db2", .init(.first, count: 1, names: ["db2"])),
            ("db2, db3", .init(.first, count: 1, names: ["db2", "db3"])),
            ("2(a,b)", .init(.first, count: 2, names: ["a", "b"])),
            (#"any 1 ("db-2" , DB3)"#, .init(.any, count: 1, names: ["db3", "db-2"])),
            ("*", .init(.first, count: 1, names: ["*"])),
            (#""first", "any""#, .init(.first, count: 1, names: ["first", "any"])),
            (#""a""b""#, .init(.first, count: 1, names: ["a\"b"])),
            ("FIRST 1 (1)", .init(.first, count: 1, names: ["1"])),
        ])
    func read(text: String, expected: SynchronousStandbys) {
        #expect(SynchronousStandbys(parsing: text) == expected)
    }

    @Test(
        "what the server would refuse is nil",
        arguments: [
            "a,", ",a", "a b", "ANY (a)", "0 (a)", "1 ()", "1 (a", "a; b", "ANY 1 a", "(a)", " ", "any", "1a", "\"a",
            "$a",
        ])
    func malformed(text: String) {
        #expect(SynchronousStandbys(parsing: text) == nil)
    }

    @Test("order matters for the first ones and not for any")
    func order() {
        #expect(
            SynchronousStandbys(.any, count: 1, names: ["a", "b"])
                == SynchronousStandbys(.any, count: 1, names: ["B", "a"]))
        #expect(
            SynchronousStandbys(.first, count: 1, names: ["a", "b"])
                != SynchronousStandbys(.first, count: 1, names: ["b", "a"]))
        #expect(SynchronousStandbys(.any, count: 1, names: ["a"]) != SynchronousStandbys(.any, count: 2, names: ["a"]))
    }
}
