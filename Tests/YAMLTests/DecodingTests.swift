import Diagnostics
import Testing
import YAML

@Suite("Decoding a tree")
struct DecodingTests {
    enum Color: String, CaseIterable { case red, green }

    struct Thing: Equatable {
        var name: String?
        var count: Int?
        var on: Bool?
        var color: Color?
        var tags: [String]
    }

    static func read(_ text: String) -> (thing: Thing?, notes: DecodingNotes) {
        let codes = DecodingCodes(
            type: "x.type", value: "x.value", missingKey: "x.missing-key", unknownKey: "x.unknown-key")
        let notes = DecodingNotes(codes: codes)
        guard let root = YAMLDocumentTests.read(text).root else { return (nil, notes) }
        let thing = YAMLField(root: root, notes: notes).mapping { map in
            Thing(
                name: map.required("name")?.text(), count: map["count"]?.integer(in: 1...9), on: map["on"]?.boolean(),
                color: map["color"]?.choice(Color.self), tags: map["tags"]?.list { $0.text() } ?? [])
        }
        return (thing, notes)
    }

    @Test("reads what is right and remembers where it stood")
    func right() {
        let (thing, notes) = Self.read("name: a\ncount: 3\non: true\ncolor: green\ntags: [x, y]\n")
        #expect(thing == Thing(name: "a", count: 3, on: true, color: .green, tags: ["x", "y"]))
        #expect(notes.problems.all.isEmpty)
        #expect(notes.places["tags[1]"]?.column == 11)
        #expect(notes.places["color"]?.line == 4)
    }

    @Test("notes every mistake and goes on")
    func wrong() {
        let (thing, notes) = Self.read("nam: a\ncount: 10\non: yes\ncolor: gren\ntags: [1, y]\n")
        #expect(thing == Thing(name: nil, count: nil, on: nil, color: nil, tags: ["y"]))
        let said = notes.problems.all.map { "\($0.code) \($0.message); \($0.hint ?? "-")" }
        #expect(
            said == [
                "x.missing-key the key `name` is missing; -",
                "x.value count: 10 is not between 1 and 9; -",
                "x.type on: expected true or false, found the text \"yes\"; write true",
                "x.value color: \"gren\" is not one of red, green; did you mean \"green\"?",
                "x.type tags[0]: expected text, found the integer 1; put it in quotes: \"1\"",
                "x.unknown-key unknown key `nam`; did you mean `name`?",
            ])
        #expect(notes.unreadable == ["name", "count", "on", "color", "tags[0]"])
    }

    @Test("a collection where a scalar belongs, and the other way round")
    func collections() {
        let (_, notes) = Self.read("name: {a: 1}\ncount: [1]\ntags: x\n")
        #expect(
            notes.problems.all.map(\.message) == [
                "name: expected text, found a mapping", "count: expected an integer, found a list",
                "tags: expected a list, found the text \"x\"",
            ])
        #expect(Self.read("[a]").notes.problems.all.map(\.message) == ["expected a mapping, found a list"])
    }

    @Test("a key without a value is an error for a scalar, and nothing for a list")
    func nothing() {
        let (thing, notes) = Self.read("name:\ntags:\n")
        #expect(notes.problems.all.map(\.message) == ["name: expected text, found nothing"])
        #expect(thing?.tags == [])
    }

    @Test(
        "the nearest word is suggested when it is near",
        arguments: [
            ("adress", "address"), ("ADDRESS", "address"), ("roels", "roles"), ("max-connections", "max_connections"),
            ("colour", nil), ("x", nil), ("", nil),
        ] as [(String, String?)])
    func suggestion(word: String, nearest: String?) {
        #expect(Suggestion.nearest(to: word, among: ["address", "roles", "max_connections", "zone"]) == nearest)
    }

    @Test("a secret's value is not repeated")
    func secret() {
        let codes = DecodingCodes(
            type: "x.type", value: "x.value", missingKey: "x.missing-key", unknownKey: "x.unknown-key")
        let notes = DecodingNotes(codes: codes)
        guard let root = YAMLDocumentTests.read("123456").root else { return }
        #expect(YAMLField(root: root, notes: notes).asSecret.text() == nil)
        #expect(notes.problems.all.map(\.message) == ["expected text, found the integer"])
        #expect(notes.problems.all.map(\.hint) == ["put it in quotes"])
    }
}
