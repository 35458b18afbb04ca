import Testing
import YAML

@Suite("What a scalar means by the core schema")
struct CoreSchemaTests {
    @Test(
        "plain scalars",
        arguments: [
            ("", .null), ("~", .null), ("null", .null), ("NULL", .null), ("nULL", .text),
            ("true", .boolean(true)), ("False", .boolean(false)), ("yes", .text), ("on", .text), ("tRUE", .text),
            ("0", .integer(0)), ("-12", .integer(-12)), ("+7", .integer(7)), ("0o17", .integer(15)),
            ("0xfF", .integer(255)), ("0o8", .text), ("0x", .text), ("0644", .ambiguousInteger),
            ("-007", .ambiguousInteger), ("99999999999999999999", .hugeInteger), ("1_000", .text), ("12:30", .text),
            ("9.6", .number(9.6)), (".5", .number(0.5)), ("1.", .number(1)), ("-1e3", .number(-1000)),
            ("1e", .text), (".", .text), ("-", .text), ("+.inf", .number(.infinity)), ("15.3.1", .text),
        ] as [(String, YAMLScalar.Meaning)])
    func plain(text: String, meaning: YAMLScalar.Meaning) {
        #expect(YAMLScalar(text: text, style: .plain).meaning == meaning)
    }

    @Test("what is quoted or a block is text, whatever it looks like", arguments: ["16", "true", "", "null", "0644"])
    func quoted(text: String) {
        #expect(YAMLScalar(text: text, style: .quoted).meaning == .text)
        #expect(YAMLScalar(text: text, style: .block).meaning == .text)
    }

    @Test("a scalar tagged as text is text")
    func tagged() {
        guard case .mapping(let entries) = YAMLDocumentTests.read("a: !!str 16\nb: ! 16\nc: !!int 16\n").root?.content
        else {
            Issue.record("no mapping")
            return
        }
        let meanings = entries.map { entry in
            if case .scalar(let scalar) = entry.value.content { scalar.meaning } else { YAMLScalar.Meaning.null }
        }
        #expect(meanings == [.text, .text, .integer(16)])
    }
}
