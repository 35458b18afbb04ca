import Diagnostics
import Testing
import YAML

@Suite("A YAML text as a tree")
struct YAMLDocumentTests {
    static func read(_ text: String) -> YAMLDocument {
        YAMLDocument(bytes: Array(text.utf8), file: "t.yaml")
    }

    static func place(_ line: Int, _ column: Int, _ length: Int = 1) -> SourcePlace {
        SourcePlace(file: "t.yaml", line: line, column: column, length: length)
    }

    @Test("keys keep their order, and everything knows where it stands")
    func places() {
        let document = Self.read("b: {x: 1, yy: two}\na:\n  - é: \"q\"\n")
        #expect(document.problems.all.isEmpty)
        guard case .mapping(let entries) = document.root?.content else {
            Issue.record("no mapping")
            return
        }
        #expect(entries.map(\.key) == ["b", "a"])
        #expect(entries[0].value.place == Self.place(1, 4, 15))
        guard case .mapping(let inner) = entries[0].value.content, case .sequence(let items) = entries[1].value.content,
            case .mapping(let last) = items.first?.content
        else {
            Issue.record("not as written")
            return
        }
        #expect(inner[1].keyPlace == Self.place(1, 11, 2))
        #expect(inner[1].value.place == Self.place(1, 15, 3))
        #expect(last[0].value.place == Self.place(3, 8, 3))
        #expect(last[0].value.content == .scalar(YAMLScalar(text: "q", style: .quoted)))
    }
}

@Suite("What is wrong with a text as YAML")
struct YAMLProblemTests {
    static func found(_ text: String) -> [String] { found(Array(text.utf8)) }

    static func found(_ bytes: [UInt8]) -> [String] {
        YAMLDocument(bytes: bytes, file: "t.yaml").problems.all.map {
            "\($0.place?.line ?? 0):\($0.place?.column ?? 0) \($0.code)"
        }
    }

    @Test(
        "each fault at its place",
        arguments: [
            ("", "1:1 yaml.empty"),
            ("# only a comment\n", "1:1 yaml.empty"),
            ("a: 1\nb: 2\na: 3\n", "3:1 yaml.duplicate-key"),
            ("a: {x: 1, \"x\": 2}", "1:11 yaml.duplicate-key"),
            ("? [a]\n: 1\n", "1:3 yaml.complex-key"),
            (": 1\n", "1:1 yaml.syntax"),
            ("a: 1\n---\nb: 2\n", "2:1 yaml.second-document"),
            ("a: *b\n", "1:4 yaml.alias"),
            ("a: &a [*a]\n", "1:8 yaml.alias"),
            ("a: !ruby/object x\n", "1:4 yaml.tag"),
            ("a: !!set {x}\n", "1:4 yaml.tag"),
            ("a: 1\n\tb: 2\n", "2:1 yaml.syntax"),
            ("a: b: c\n", "1:5 yaml.syntax"),
            ("a: 'x\n", "1:4 yaml.syntax"),
            ("a: @x\n", "1:4 yaml.syntax"),
            ("%TAG ! x\n", "2:1 yaml.syntax"),
        ])
    func faults(text: String, expected: String) {
        #expect(Self.found(text) == [expected])
    }

    @Test("several duplicates and keys of no word are all reported, and the first value stands")
    func several() {
        let document = YAMLDocumentTests.read("a: 1\na: 2\n? {}\n: 3\nb: {c: 1, c: 2}\n")
        #expect(document.problems.all.map(\.code) == ["yaml.duplicate-key", "yaml.complex-key", "yaml.duplicate-key"])
        guard case .mapping(let entries) = document.root?.content else {
            Issue.record("no mapping")
            return
        }
        #expect(entries.map(\.key) == ["a", "b"])
        #expect(entries[0].value.content == .scalar(YAMLScalar(text: "1", style: .plain)))
    }

    @Test("a byte that is no UTF-8 and a NUL have line and column")
    func encoding() {
        #expect(Self.found(Array("a: é\nb: ".utf8) + [0xFF, 0x0A]) == ["2:4 yaml.encoding"])
        #expect(Self.found(Array("a: é".utf8) + [0x00]) == ["1:5 yaml.encoding"])
        #expect(Self.found([0xFE, 0xFF, 0x00, 0x61]) == ["1:1 yaml.encoding"])
    }

    @Test("a byte order mark is no part of the text")
    func byteOrderMark() {
        let document = YAMLDocument(bytes: [0xEF, 0xBB, 0xBF] + Array("a: 1".utf8), file: "t.yaml")
        #expect(document.problems.all.isEmpty)
        #expect(document.root?.place.column == 1)
    }

    @Test("a billion laughs end at the alias that is one too many")
    func billionLaughs() {
        var text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for level in 1...9 {
            let previous = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(previous)]\n"
        }
        let clock = ContinuousClock()
        let elapsed = clock.measure { #expect(Self.found(text) == ["5:25 yaml.alias-limit"]) }
        #expect(elapsed < .seconds(5))
    }

    @Test("an alias is the anchored value, at the anchored value's place")
    func alias() {
        let document = YAMLDocumentTests.read("a: &x {b: 1}\nc: *x\n")
        guard case .mapping(let entries) = document.root?.content else {
            Issue.record("no mapping")
            return
        }
        #expect(entries[0].value == entries[1].value)
    }

    @Test("64 levels are read, one more is not", arguments: [("[", "]"), ("{a: ", "}")])
    func depth(open: String, close: String) {
        func nested(_ levels: Int) -> String {
            String(repeating: open, count: levels) + "x" + String(repeating: close, count: levels)
        }
        #expect(Self.found(nested(63)) == [])
        #expect(Self.found(nested(64)).map { $0.hasSuffix("yaml.depth") } == [true])
        #expect(Self.found(nested(100_000)).map { $0.hasSuffix("yaml.depth") } == [true])
    }

    @Test("a file of 100 MB is refused for its size, before anything is copied")
    func size() {
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 100 << 20)
        #expect(Self.found(bytes) == ["1:1 yaml.size"])
    }
}
