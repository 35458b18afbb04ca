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
