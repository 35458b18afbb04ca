import Diagnostics
import Templates
import Testing

/// The part of Mustache's behaviour that our templates share with every other implementation.
///
/// - Source: mustache(5) and the public specification's chapters on comments, names, sections and inverted sections.
@Suite struct SyntaxTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var template: String
        var model: TemplateModel
        var expected: String

        init(_ description: String, _ template: String, _ model: TemplateModel, _ expected: String) {
            testDescription = description
            self.template = template
            self.model = model
            self.expected = expected
        }
    }

    @Test("the shared part of Mustache is rendered exactly", arguments: names + sections + whitespace + comments)
    func rendered(example: Case) throws {
        let template = try Template(text: example.template, file: "case")
        #expect(try template.render(example.model, format: .plain).masked == example.expected)
    }

    static let names = [
        Case("text without tags stays as it is", "wal_level = {replica}\n", [:], "wal_level = {replica}\n"),
        Case("a name gives its value", "host {{host}};", ["host": "db1"], "host db1;"),
        Case("nothing is escaped as HTML", "{{x}}", ["x": "& \" < >"], "& \" < >"),
        Case("a number", "port {{port}}", ["port": 5432], "port 5432"),
        Case("blanks in a tag are ignored", "|{{ x }}|{{\tx\n}}|", ["x": "v"], "|v|v|"),
        Case("blanks around a tag are kept", "| {{x}} |", ["x": "v"], "| v |"),
        Case("a name alone on a line keeps its line", "  {{x}}\n", ["x": "v"], "  v\n"),
        Case("a value is not read as a template", "{{x}}", ["x": "{{y}}"], "{{y}}"),
        Case("a dotted name", "{{host.name}}", ["host": .model(["name": "db1"])], "db1"),
        Case(
            "dotted names go as deep as they like", "{{a.b.c.d}}",
            ["a": .model(["b": .model(["c": .model(["d": "deep"])])])], "deep"),
        Case(
            "only the first part of a dotted name is looked up outside", "{{#a}}{{b.c}}{{/a}}",
            ["a": .flag(true), "b": .model(["c": "outer"])], "outer"),
        Case("names with digits, `-` and `_`", "{{a-1_b}}", ["a-1_b": "v"], "v"),
        Case("a brace beside a tag", "${ {{x}} }", ["x": "v"], "${ v }"),
        Case("characters beyond ASCII", "Größe {{x}} 🐘", ["x": "日本"], "Größe 日本 🐘"),
    ]

    static let sections = [
        Case("a true section shows its body", "[{{#on}}shown{{/on}}]", ["on": true], "[shown]"),
        Case("a false section does not", "[{{#on}}shown{{/on}}]", ["on": false], "[]"),
        Case("an inverted section is the other way round", "{{^on}}off{{/on}}", ["on": false], "off"),
        Case("an inverted true section shows nothing", "[{{^on}}off{{/on}}]", ["on": true], "[]"),
        Case("a list repeats its body", "{{#l}}{{i}};{{/l}}", ["l": [["i": 1], ["i": 2], ["i": 3]]], "1;2;3;"),
        Case("an empty list shows nothing", "[{{#l}}{{i}}{{/l}}]", ["l": []], "[]"),
        Case("an inverted empty list shows its body", "{{^l}}none{{/l}}", ["l": []], "none"),
        Case("an inverted list with elements does not", "[{{^l}}none{{/l}}]", ["l": [[:]]], "[]"),
        Case("a text is a section that shows itself", "{{#x}}({{x}}){{/x}}", ["x": "v"], "(v)"),
        Case("an empty text hides its section", "[{{#x}}({{x}}){{/x}}]", ["x": ""], "[]"),
        Case("an empty text shows its inverted section", "{{^x}}none{{/x}}", ["x": ""], "none"),
        Case("a group's names are near within it", "{{#h}}{{name}}{{/h}}", ["h": .model(["name": "db1"])], "db1"),
        Case(
            "names are sought from the inside out", "{{#h}}{{a}}{{b}}{{/h}}{{b}}",
            ["a": "A", "b": "outer", "h": .model(["b": "inner"])], "Ainnerouter"),
        Case(
            "lists within lists", "{{#t}}{{#m}}{{n}}{{k}} {{/m}}{{/t}}",
            ["t": [["n": "a", "m": [["k": 1], ["k": 2]]], ["n": "b", "m": [["k": 3]]]]], "a1 a2 b3 "),
        Case("a section within itself", "{{#on}}a{{#on}}b{{/on}}c{{/on}}", ["on": true], "abc"),
        Case("the same section twice", "{{#on}}a{{/on}}-{{#on}}b{{/on}}", ["on": true], "a-b"),
        Case("a section by a dotted name", "{{#a.b}}shown{{/a.b}}", ["a": .model(["b": true])], "shown"),
        Case("blanks in a section's tags", "{{# on }}x{{/ on }}", ["on": true], "x"),
    ]

    static let whitespace = [
        Case("tags alone on their lines leave none", "a\n{{#on}}\nb\n{{/on}}\nc\n", ["on": true], "a\nb\nc\n"),
        Case("and so do indented ones", "a\n  {{#on}}\n  b\n\t{{/on}} \nc\n", ["on": true], "a\n  b\nc\n"),
        Case("a hidden section leaves no line", "a\n{{#on}}\nb\n{{/on}}\nc\n", ["on": false], "a\nc\n"),
        Case("an inverted one neither", "a\n{{^on}}\nb\n{{/on}}\nc\n", ["on": true], "a\nc\n"),
        Case("a list leaves only its bodies", "{{#l}}\n- {{i}}\n{{/l}}\n", ["l": [["i": 1], ["i": 2]]], "- 1\n- 2\n"),
        Case("blank lines of the template stay", "a\n\n{{#on}}\n\nb\n{{/on}}\n\nc\n", ["on": true], "a\n\n\nb\n\nc\n"),
        Case("a tag at the very start is alone", "{{#on}}\na\n{{/on}}", ["on": true], "a\n"),
        Case("a tag without a last newline is alone", "a\n  {{#on}}\nb\n  {{/on}}", ["on": true], "a\nb\n"),
        Case("two tags on a line are not alone", "{{#on}}{{/on}}\na\n", ["on": true], "\na\n"),
        Case("a section within a line keeps its blanks", " | {{#on}}\t|\t{{/on}} | \n", ["on": true], " | \t|\t | \n"),
        Case("text beside a tag keeps the line", "a {{#on}}\nb\n{{/on}} c\n", ["on": true], "a \nb\n c\n"),
        Case("lines that end in CR LF", "a\r\n{{#on}}\r\nb\r\n{{/on}}\r\nc", ["on": true], "a\r\nb\r\nc"),
    ]

    static let comments = [
        Case("a comment leaves nothing", "ab{{! a note }}cd", [:], "abcd"),
        Case("a comment over lines", "ab{{!\n  a note\n  {{x}\n}}cd\n", [:], "abcd\n"),
        Case("a comment alone leaves no line", "a\n  {{! a note }}\nb\n", [:], "a\nb\n"),
        Case("a comment over lines, alone, leaves none", "a\n{{!\na note\n}}\nb\n", [:], "a\nb\n"),
        Case("a comment at the end of a line keeps the line", "  a {{! a note }}\n", [:], "  a \n"),
        Case("a comment may hold anything", "{{! #x /y ^z = }}ok", [:], "ok"),
    ]
}
