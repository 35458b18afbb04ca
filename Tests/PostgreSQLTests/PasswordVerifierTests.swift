import Diagnostics
import PostgreSQL
import Testing

@Suite struct PasswordVerifierTests {
    /// RFC 7677's example: password `pencil`, its salt and 4096 iterations.
    private static let pencil =
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="

    private let salt = [UInt8](0..<16)

    private func secret(_ password: String) -> Secret { Secret(label: "app.password", value: password) }

    @Test("the RFC's example is computed and read")
    func example() throws {
        guard case .scramSHA256(let scram)? = PasswordVerifier(parsing: Self.pencil) else {
            Issue.record("not read")
            return
        }
        let computed = try PasswordVerifier(scramSHA256: "pencil", salt: scram.salt, iterations: scram.iterations)
        #expect(computed.text == Self.pencil)
    }

    @Test("a live verifier is compared with its own salt, and says no to another password or role")
    func matches() throws {
        #expect(try PasswordVerifier.matches(verifier: Self.pencil, password: secret("pencil"), user: "app"))
        #expect(try !PasswordVerifier.matches(verifier: Self.pencil, password: secret("pencils"), user: "app"))
        let md5 = "md5a3556571e93b0d20722ba62be61e8c2d"
        let own = try PasswordVerifier(md5: "secret", user: "postgres").text
        #expect(try PasswordVerifier.matches(verifier: own, password: secret("secret"), user: "postgres"))
        #expect(try !PasswordVerifier.matches(verifier: own, password: secret("secret"), user: "app"))
        #expect(try !PasswordVerifier.matches(verifier: md5, password: secret("other"), user: "postgres"))
    }

    @Test("md5 is the digest of password and role")
    func md5() throws {
        #expect(try PasswordVerifier(md5: "secret", user: "postgres").text == "md553f48b7c4b76a86ce72276c5755f217d")
    }

    @Test("each verifier made has a salt of its own, and both match")
    func random() throws {
        let one = try PasswordVerifier.secret(.scramSHA256, password: secret("pencil"), user: "app")
        let other = try PasswordVerifier.secret(.scramSHA256, password: secret("pencil"), user: "app")
        #expect(one != other)
        #expect("\(one)" == "<secret:app.password>")
        for verifier in [one, other] {
            #expect(try PasswordVerifier.matches(verifier: verifier.reveal(), password: secret("pencil"), user: "app"))
        }
    }

    @Test("an empty password and a NUL in one are refused")
    func refused() {
        #expect(throws: Diagnostic.self) { try PasswordVerifier(scramSHA256: "", salt: salt) }
        #expect(throws: Diagnostic.self) { try PasswordVerifier(md5: "a\0", user: "app") }
    }

    @Test(
        "what is no verifier is not taken for one",
        arguments: [
            "", "pencil", "md5", "md5xyz", "md5A3556571E93B0D20722BA62BE61E8C2D", "SCRAM-SHA-256$",
            "SCRAM-SHA-256$0:AAAA$x:y",
            String(pencil.dropLast()), pencil + "$", pencil.replacing("4096", with: "-1"),
            pencil.replacing("SHA-256", with: "SHA-1"),
        ])
    func notVerifiers(text: String) throws {
        #expect(PasswordVerifier(parsing: text) == nil)
        #expect(try !PasswordVerifier.matches(verifier: text, password: secret("pencil"), user: "app"))
    }

    @Test(
        "passwords that SASLprep makes equal have equal verifiers",
        arguments: [
            ("I\u{AD}X", "IX"), ("\u{2168}\u{AD}", "IX"), ("\u{AA}", "a"), ("e\u{301}", "\u{E9}"),
            ("\u{212B}", "A\u{30A}"),
            ("a\u{A0}b\u{E9}", "a b\u{E9}"), ("\u{FB01}x\u{FEFF}", "fix"), ("\u{1112}\u{1161}\u{11AB}", "\u{D55C}"),
            ("\u{FF21}\u{FF22}", "AB"), ("q\u{307}\u{323}", "q\u{323}\u{307}"), ("\u{FDFA}", "صلى الله عليه وسلم"),
            ("\u{2F868}", "\u{36FC}"), ("\u{1E9B}\u{323}", "\u{1E69}"), ("\u{0958}x", "\u{0915}\u{093C}x"),
        ])
    func prepared(one: String, other: String) throws {
        let verifiers = try [one, other].map { try PasswordVerifier(scramSHA256: $0, salt: salt, iterations: 1) }
        #expect(verifiers[0] == verifiers[1])
    }

    @Test(
        "a password that SASLprep refuses is taken as it is",
        arguments: [
            ("\u{627}1\u{AD}", "\u{627}1"), ("\u{7}\u{AA}", "\u{7}a"), ("\u{1F600}\u{AA}", "\u{1F600}a"),
            ("\u{E000}\u{AA}", "\u{E000}a"),
            ("\u{627}b\u{AD}\u{628}", "\u{627}b\u{628}"), ("a\u{AD}\u{221}", "a\u{221}"), ("\u{AD}", "\u{34F}"),
        ])
    func fallback(one: String, other: String) throws {
        let verifiers = try [one, other].map { try PasswordVerifier(scramSHA256: $0, salt: salt, iterations: 1) }
        #expect(verifiers[0] != verifiers[1])
    }

    @Test("a file's digest is what sha256sum prints")
    func sha256() {
        #expect(SHA256.hexDigest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(SHA256.hexDigest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
