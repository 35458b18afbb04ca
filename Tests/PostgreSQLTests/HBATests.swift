import Diagnostics
import PostgreSQL
import Testing

@Suite struct HBATests {
    @Test("rules are read with their quotes, lists, masks and options")
    func parse() {
        let file = HBAFile(
            parsing: #"""
                # comment
                local all postgres peer
                host "all", app +staff 198.18.0.0 255.255.0.0 ldap ldapserver=l "ldapprefix=cn=a, b" # more

                hostssl replication "rep ""x""" db1.example.org scram-sha-256
                """#)
        #expect(file.problems.isEmpty)
        #expect(file.entries.map(\.line) == [2, 3, 5])
        let second = file.rules[1]
        #expect(second.databases == [.init("all", isQuoted: true), .init("app")])
        #expect(second.users == [.keyword("+staff")])
        #expect(second.address == .init("198.18.0.0") && second.mask == "255.255.0.0")
        #expect(second.options == [.init("ldapserver", "l"), .init("ldapprefix", "cn=a, b")])
        #expect(file.rules[2].users == [.init("rep \"x\"", isQuoted: true)])
    }

    @Test("names that mean something are quoted, and only those")
    func names() throws {
        let line = HBALine(
            .host, databases: [.keyword("all"), .name("all"), .name("app-1")],
            users: [.name("+a"), .name("@b"), .name("x y")],
            address: .init("198.18.0.11/32"), method: "scram-sha-256")
        #expect(try line.text() == #"host all,"all",app-1 "+a","@b","x y" 198.18.0.11/32 scram-sha-256"#)
        #expect(HBAFile(parsing: try line.text()).rules == [line])
    }

    @Test("a name with a line end can't smuggle a second rule in")
    func newline() {
        let line = HBALine(
            .host, databases: [.name("a\nhost all all 0.0.0.0/0 trust")], users: [.keyword("all")],
            address: .init("samenet"), method: "md5")
        #expect(throws: Diagnostic.self) { try line.text() }
    }

    @Test("a name that begins with a slash is refused, a regular expression is written")
    func slash() throws {
        #expect(throws: Diagnostic.self) { try HBALine.Word.name("/.*").written() }
        #expect(try HBALine.Word.name("a/.*").written() == "\"a/.*\"")
        #expect(try HBALine.Word.keyword("/^db[0-9]$").written() == "/^db[0-9]$")
        let line = HBAFile(parsing: #"local "/^a b" all peer"#, version: .v16).rules.first
        #expect(try line?.text() == #"local "/^a b" all peer"#)
    }

    @Test("a backslash continues a line from 14 on")
    func continuation() {
        let text = "local all \\\nall peer\nlocal all all peer"
        #expect(HBAFile(parsing: text, version: .v14).entries.map(\.line) == [1, 3])
        #expect(HBAFile(parsing: text, version: .v13).problems.count == 2)
    }

    @Test("include is a directive from 16 on")
    func include() {
        #expect(HBAFile(parsing: "include more.conf", version: .v16).entries.count == 1)
        #expect(HBAFile(parsing: "include more.conf", version: .v15).problems.first?.code == "hba.type")
    }

    @Test(
        "a line that ends early or says too much is a problem with its place",
        arguments: [
            "host", "host all", "host all all", "host all all 198.18.0.0/24", "host all all 198.18.0.1 md5",
            "host all all a,b md5", "remote all all all md5", "local all all peer nonsense",
        ])
    func malformed(text: String) {
        let file = HBAFile(parsing: "\n" + text, name: "pg_hba.conf")
        #expect(file.rules.isEmpty && file.problems.count == 1)
        #expect(file.problems.first?.place?.line == 2)
    }

    @Test(
        "what the server would not accept is found before it sees it",
        arguments: [
            ("host all all 198.18.0.0/33 md5", "hba.address"), ("host all all 198.18.0.256/32 md5", "hba.address"),
            ("host all all fe80::/129 md5", "hba.address"), ("host all all 198.18.1 md5", "hba.address"),
            ("host all all all peer", "hba.method"), ("host all all all sha", "hba.method"),
            ("host all all all cert", "hba.method"), ("host all all all scram-sha-256", "hba.method"),
            ("hostgssenc all all all md5", "hba.type"),
        ])
    func problems(text: String, code: String) {
        let rule = HBAFile(parsing: text).rules.first
        #expect(rule?.problems(version: .v96).map(\.code) == [code])
    }

    @Test(
        "what it accepts is not complained of",
        arguments: [
            "local all all peer", "host all all samenet md5", "host all all ::1/128 md5",
            "host all all .example.org md5",
            "hostssl all all all cert", "host all all 0.0.0.0 0.0.0.0 reject",
        ])
    func fine(text: String) {
        #expect(HBAFile(parsing: text).rules.first?.problems(version: .v15) == [])
    }
}
