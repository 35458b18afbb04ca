import Diagnostics
import Glibc
import PostgreSQL
import Testing

extension ServerTests {
    @Test("connection strings are read as libpq reads them, and what is written is what it reads")
    func conninfo() throws {
        let libpq = try #require(Libpq(), "libpq.so.5 comes with psql")
        var generator = SeededGenerator(seed: 8)
        let keywords = ["host", "port", "user", "dbname", "application_name", "options", "passfile"]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                let value = NastyString.make(&generator, longest: 3, lineEnds: true)
                return "\(keywords.randomElement(using: &generator) ?? "")=\(value)"
            }.joined(separator: " ")
            // libpq has keywords of its own; an unknown one is an error there and none of ours.
            let ours = try? Conninfo(parsing: text)
            guard ours.map({ $0.pairs.allSatisfy { keywords.contains($0.keyword) } }) ?? true else { continue }
            let expected = ours.map { Dictionary($0.pairs.map { ($0.keyword, $0.value) }, uniquingKeysWith: { $1 }) }
            #expect(libpq.parse(text) == expected, "\(text.debugDescription)")
        }
        for value in NastyString.list(count: 500, seed: 9, lineEnds: true) {
            let conninfo = Conninfo([.init("user", value), .init("host", "db1"), .init("dbname", value)])
            #expect(libpq.parse(try conninfo.text()) == ["user": value, "host": "db1", "dbname": value])
        }
    }

    @Test("a role and a database of any name can be made, admitted and used")
    func names() throws {
        let original = try server.read("pg_hba.conf")
        defer { try? server.write("pg_hba.conf", original) }
        let nasty = NastyString.list(count: 8, seed: 10, longest: 5).filter { $0.utf8.count < 60 && !$0.hasPrefix("/") }
        let names = Set(["all", "replication", "sameuser", "+x", "@x", "a,b", "a b", "#"] + nasty)
        for name in names {
            let quoted = try Quoting.identifier(name)
            try server.query("create role \(quoted) login;")
            try server.query("create database \(quoted) owner \(quoted);")
        }
        let rules = names.map { name in
            HBALine(.local, databases: [.name(name)], users: [.name(name)], method: "trust")
        }
        let own = HBALine(.local, databases: [.name("postgres")], users: [.name("postgres")], method: "trust")
        try server.write("pg_hba.conf", try HBAFile.text([own] + rules))
        try server.query("select pg_reload_conf();")
        let sql = "select \(hexadecimal("session_user::text")), \(hexadecimal("current_database()::text"));"
        for name in names {
            let conninfo = server.conninfo(user: name, database: name)
            #expect(try server.query(sql, as: conninfo) == [[name.hexadecimal, name.hexadecimal]])
            // The rule of `all`, in quotes, admits nobody else.
            #expect(throws: Command.Failure.self) {
                try server.query("select 1", as: server.conninfo(user: name, database: "template1"))
            }
        }
    }

    private func hexadecimal(_ column: String) -> String { "encode(convert_to(\(column), 'UTF8'), 'hex')" }

    @Test("verifiers that the server made match, and those made here let one in")
    func verifiers() throws {
        let original = try server.read("pg_hba.conf")
        defer { try? server.write("pg_hba.conf", original) }
        let special = [
            "pencil", "I\u{AD}X", "e\u{301}", "\u{2168}", "\u{627}1", "\u{627}\u{628}", "\u{FB01}\u{A0}", "\u{AD}",
            "\u{1F600}\u{AA}", "\u{E000}\u{AA}", "\u{1112}\u{1161}\u{11AB}", "\u{221}x", "\u{7}\u{AA}",
        ]
        let passwords = special + NastyString.list(count: 40, seed: 11, longest: 5, lineEnds: true)
        for method in ["md5", "scram-sha-256"] {
            let statements = try passwords.enumerated().map { index, password in
                """
                drop role if exists verifier\(index);
                create role verifier\(index) login password \(try Quoting.literal(password));
                """
            }
            let rows = try server.query(
                """
                set password_encryption = '\(method)'; set client_min_messages = error;
                \(statements.joined(separator: "\n"))
                select rolpassword from pg_authid where rolname ~ '^verifier' order by substring(rolname from 9)::int;
                """)
            #expect(rows.count == passwords.count)
            for (index, row) in rows.enumerated() {
                let secret = Secret(label: "p", value: passwords[index])
                let matches = try PasswordVerifier.matches(verifier: row[0], password: secret, user: "verifier\(index)")
                #expect(matches, "\(method) \(passwords[index].debugDescription)")
                #expect(PasswordVerifier(parsing: row[0])?.text == row[0])
            }
        }
        try server.write("pg_hba.conf", "local all postgres trust\nlocal all all scram-sha-256\n")
        try server.query("select pg_reload_conf();")
        for (index, password) in passwords.prefix(25).enumerated() where !password.contains(where: \.isNewline) {
            let role = "verifier\(index)"
            let verifier = try PasswordVerifier.secret(
                .scramSHA256, password: Secret(label: "p", value: password), user: role)
            try server.query("alter role \(role) password '\(verifier.reveal())';")
            let rows = try server.query("select 1;", as: server.conninfo(user: role), password: password)
            #expect(rows == [["1"]], "\(password.debugDescription)")
        }
    }

    @Test("a password file's line is found whatever the names in it")
    func passwordFile() throws {
        let original = try server.read("pg_hba.conf")
        defer { try? server.write("pg_hba.conf", original) }
        let path = "\(server.folder)/pgpass"
        for (index, start) in NastyString.list(count: 15, seed: 12, longest: 4).enumerated() {
            let name = "\(start)\(index)"
            let password = NastyString.list(count: 1, seed: UInt64(100 + index))[0]
            try server.query(
                "set password_encryption = 'scram-sha-256'; create role \(Quoting.identifier(name)) login password \(Quoting.literal(password));"
            )
            try server.write("pg_hba.conf", "local all postgres trust\nlocal all all scram-sha-256\n")
            try server.query("select pg_reload_conf();")
            let other = PgpassEntry(
                host: nil, port: nil, database: "x", user: nil, password: Secret(label: "p", value: "wrong"))
            let entry = PgpassEntry(
                host: server.folder, port: 5432, database: "postgres", user: name,
                password: Secret(label: "p", value: password))
            try server.writeSecret(path, try other.line().revealed + "\n" + entry.line().revealed + "\n")
            let rows = try server.query("select 1;", as: server.conninfo(user: name, [.init("passfile", path)]))
            #expect(rows == [["1"]], "\(name.debugDescription) \(password.debugDescription)")
        }
    }
}

/// The library that psql itself uses, loaded when a test asks for it.
private struct Libpq {
    private typealias Parse =
        @convention(c) (
            UnsafePointer<CChar>, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        ) -> UnsafeMutableRawPointer?
    private typealias Free = @convention(c) (UnsafeMutableRawPointer?) -> Void

    private let parseFunction: Parse
    private let freeFunction: Free

    init?() {
        guard let library = dlopen("libpq.so.5", RTLD_NOW), let parse = dlsym(library, "PQconninfoParse"),
            let free = dlsym(library, "PQconninfoFree")
        else { return nil }
        parseFunction = unsafeBitCast(parse, to: Parse.self)
        freeFunction = unsafeBitCast(free, to: Free.self)
    }

    /// Nil where libpq refuses the string.
    func parse(_ text: String) -> [String: String]? {
        guard let options = parseFunction(text, nil) else { return nil }
        defer { freeFunction(options) }
        // PQconninfoOption: six pointers and an int; the first is the keyword, the fourth the value.
        let stride = 7 * MemoryLayout<UnsafeRawPointer>.stride
        var result: [String: String] = [:]
        var option = UnsafeRawPointer(options)
        func pointer(_ index: Int) -> UnsafePointer<CChar>? {
            option.load(fromByteOffset: index * MemoryLayout<UnsafeRawPointer>.stride, as: UnsafePointer<CChar>?.self)
        }
        while let keyword = pointer(0) {
            if let value = pointer(3) { result[String(cString: keyword)] = String(cString: value) }
            option += stride
        }
        return result
    }
}
