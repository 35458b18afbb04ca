import Diagnostics
import Testing

@Suite("Diagnostics as people see them")
struct DiagnosticPrinterTests {
    static func printed(
        _ source: String, line: Int, column: Int, length: Int = 1, secrets: [SourcePlace] = [], color: Bool = false
    ) -> String {
        let printer = DiagnosticPrinter(
            sources: ["f.yaml": Array(source.utf8)], secretPlaces: secrets, usesColor: color)
        return printer.text(
            .error(
                "x.code", "it is wrong", at: SourcePlace(file: "f.yaml", line: line, column: column, length: length),
                hint: "do better"))
    }

    @Test("the place, the line, the caret below it and the hint")
    func whole() {
        let source = "a: 1\nb: {c: two}\n"
        #expect(
            Self.printed(source, line: 2, column: 8, length: 3) == """
                f.yaml:2:8: error: it is wrong [x.code]
                  2 | b: {c: two}
                    |        ^~~
                  hint: do better

                """)
    }

    @Test("colour paints and changes nothing else")
    func color() {
        let painted = Self.printed("abc", line: 1, column: 2, color: true)
        #expect(painted.contains("\u{1B}[1;31merror: \u{1B}[0m"))
        var plain = painted
        for code in ["1", "1;31", "32", "36", "0"] {
            plain = plain.split(separator: "\u{1B}[\(code)m", omittingEmptySubsequences: false).joined()
        }
        #expect(plain == Self.printed("abc", line: 1, column: 2))
    }

    @Test(
        "the caret stands below its character also behind wide, combining and tab characters",
        arguments: [
            ("日本: x", 5, "  1 | 日本: x\n    |       ^\n"),
            ("e\u{301}: x", 5, "  1 | e\u{301}: x\n    |    ^\n"),
            ("\tb", 2, "  1 |     b\n    |     ^\n"),
            ("a\u{1B}[2Jb", 6, "  1 | a\u{FFFD}[2Jb\n    |      ^\n"),
            ("\u{FEFF}ab", 2, "  1 | ab\n    |  ^\n"),
        ])
    func columns(source: String, column: Int, excerpt: String) {
        #expect(Self.printed(source, line: 1, column: column).contains(excerpt))
    }

    @Test("a secret is masked by its place, and its length does not show")
    func maskedByPlace() {
        let secret = SourcePlace(file: "f.yaml", line: 1, column: 8, length: 6)
        let text = Self.printed("a: {b: hunter, c: 1}", line: 1, column: 19, secrets: [secret])
        #expect(text.contains("  1 | a: {b: <secret>, c: 1}\n    |                     ^\n"))
    }

    @Test(
        "what sounds like a secret is masked in text that is no YAML",
        arguments: [
            ("password: \"hunter", "password: <secret>"), ("{password: hunter, b: 1}", "{password: <secret>, b: 1}"),
            ("pcp_passwrd: hunter # x", "pcp_passwrd: <secret>"), ("{password: {env: X}}", "{password: {env: X}}"),
            ("password_encryption: md5", "password_encryption: md5"),
        ])
    func maskedByName(source: String, shown: String) {
        #expect(Self.printed(source, line: 1, column: 1).contains("  1 | \(shown)"))
        #expect(!Self.printed(source, line: 1, column: 1).contains("hunter"))
    }

    @Test("of a long line only the part about the caret is shown")
    func longLine() {
        let text = Self.printed(String(repeating: "x", count: 5000) + "y", line: 1, column: 5001)
        let lines = text.split(separator: "\n")
        #expect(lines[1].count < 200)
        #expect(lines[1].hasSuffix("xy"))
        #expect(lines[2].count == lines[1].count)
    }

    @Test("a place beyond the text, or in a file that is not at hand, is printed without a line")
    func withoutLine() {
        #expect(Self.printed("a", line: 9, column: 1) == "f.yaml:9:1: error: it is wrong [x.code]\n  hint: do better\n")
        #expect(Self.printed("a", line: 1, column: 40).contains("  1 | a\n    |  ^\n"))
        let elsewhere = DiagnosticPrinter().text(.warning("x.code", "so \u{1B}[2J it is"))
        #expect(elsewhere == "warning: so \\u{1B}[2J it is [x.code]\n")
    }
}
