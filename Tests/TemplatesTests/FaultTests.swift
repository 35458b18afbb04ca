import Diagnostics
import Templates
import Testing

@Suite struct FaultTests {
    /// `line:column code` of each diagnostic.
    private func faults(
        _ text: String, _ model: TemplateModel = [:], format: TemplateFormat = .plain
    ) -> [String] {
        problems(text, model, format: format).all.map { fault in
            "\(fault.place?.line ?? 0):\(fault.place?.column ?? 0) \(fault.code)"
        }
    }

    private func problems(
        _ text: String, _ model: TemplateModel = [:], format: TemplateFormat = .plain
    ) -> Problems {
        do {
            _ = try Template(text: text, file: "templates/pg_hba.conf").render(model, format: format)
            return Problems()
        } catch {
            return error
        }
    }

    @Test("a name that the model lacks is an error with the tag's place")
    func undefined() throws {
        let fault = try #require(problems("a\n  x {{usr}}\n{{user}}", ["user": "app"]).all.first)
        #expect(fault.code == "template.undefined")
        #expect(fault.place == SourcePlace(file: "templates/pg_hba.conf", line: 2, column: 5, length: 7))
        #expect(fault.message == "there is no `usr` here")
        #expect(fault.hint == "the names here are `user`")
    }

    @Test("columns count code points")
    func columns() {
        #expect(faults("e\u{301}🐘{{x}}") == ["1:4 template.undefined"])
    }

    @Test("all faults of a template come together, those of a list once")
    func collected() {
        #expect(
            faults("{{a}}\n{{#l}}{{b}}{{/l}}\n{{^c}}{{/c}}", ["l": [[:], [:]], "d": "x"]) == [
                "1:1 template.undefined", "2:7 template.undefined", "3:1 template.undefined", "1:1 template.unused",
            ])
    }

    @Test("a missing name is found in a section that is not shown today")
    func hidden() {
        #expect(faults("{{#on}}{{x}}{{/on}}", ["on": false]) == ["1:8 template.undefined"])
        #expect(faults("{{^l}}{{x}}{{/l}}", ["l": [[:]]]) == ["1:7 template.undefined"])
        #expect(faults("{{#on}}{{x}}{{/on}}", ["on": false, "x": ""]) == [])
    }

    @Test("a broken chain of names is an error that says what there is")
    func dotted() throws {
        let fault = try #require(problems("{{host.adress}}", ["host": .model(["address": "198.18.0.11"])]).all.first)
        #expect(fault.message == "there is no `adress` in `host`")
        #expect(fault.hint == "it has `address`")
        #expect(faults("{{host.name}}", ["host": "db1"]) == ["1:1 template.undefined"])
    }

    @Test("a value that the template never uses is an error")
    func unused() throws {
        #expect(try #require(problems("x", ["user": "app"]).all.first).message == "the template never uses `user`")
        #expect(faults("{{#on}}{{x}}{{/on}}", ["on": false, "x": "v"]) == [])
        #expect(faults("{{! x }}", ["x": "v"]) == ["1:1 template.unused"])
    }

    @Test("an empty value is an error outside a section on itself")
    func empty() {
        #expect(faults("user={{user}}", ["user": ""]) == ["1:6 template.empty"])
        #expect(faults("user={{user}}", ["user": ""], format: .shell) == ["1:6 template.empty"])
        #expect(faults("{{user}}", ["user": .text(Content(Secret(label: "l", value: "")))]) == ["1:1 template.empty"])
        #expect(faults("{{#user}}user={{user}}{{/user}}", ["user": ""]) == [])
    }

    @Test("only a text can be written as a value", arguments: [true, [["a": 1]], .model([:])] as [TemplateValue])
    func type(value: TemplateValue) {
        #expect(faults("{{x}}", ["x": value]) == ["1:1 template.type"])
    }

    @Test(
        "a value that would break the file is an error in every format",
        arguments: ["a\nhost all all 0.0.0.0/0 trust", "a\r", "a\0", "a\u{1B}[2J", "a\u{85}b", "a\u{2028}b", "a\r\nb"])
    func breaking(value: String) {
        for format in [TemplateFormat.plain, .words, .shell, .systemd, .pgpass, .postgresqlConf] {
            #expect(faults("{{x}}", ["x": .text(value)], format: format) == ["1:1 template.value"])
            #expect(faults("{{x}}", ["x": .verbatim(value)], format: format) == ["1:1 template.value"])
            let secret = Content(Secret(label: "app.password", value: value))
            #expect(faults("{{x}}", ["x": .text(secret)], format: format) == ["1:1 template.value"])
        }
    }

    @Test("a fault never shows a secret")
    func secretFault() {
        let secret = Content(Secret(label: "app.password", value: "hunter2\n"))
        #expect(!"\(problems("{{x}}", ["x": .text(secret)]))".contains("hunter2"))
        let dollar = Content(Secret(label: "app.password", value: "a$b"))
        #expect(problems("{{x}}", ["x": .text(dollar)], format: .systemd).all.first?.message.contains("$") == false)
    }

    @Test("characters that a format can't write are refused")
    func refused() {
        #expect(faults("{{x}}", ["x": "db1 db2"], format: .words) == ["1:1 template.value"])
        #expect(faults("{{x}}", ["x": "db1#"], format: .words) == ["1:1 template.value"])
        #expect(faults("{{x}}", ["x": "$HOME"], format: .systemd) == ["1:1 template.value"])
        #expect(faults("{{x}}", ["x": .verbatim("$HOME a")], format: .systemd) == [])
    }

    @Test(
        "a template that can't be read says where",
        arguments: [
            ("a\n{{x", "2:1 template.syntax"), ("{{#a}}\n", "1:1 template.syntax"), ("x{{/a}}", "1:2 template.syntax"),
            ("{{#a}}\n{{#b}}\n{{/a}}{{/b}}", "3:1 template.syntax 3:7 template.syntax"),
            ("{{}}", "1:1 template.syntax"),
            ("{{a b}}", "1:1 template.syntax"), ("{{a..b}}", "1:1 template.syntax"), ("{{.}}", "1:1 template.syntax"),
            ("{{#}}{{/}}", "1:1 template.syntax"), ("{{{a}}}", "1:1 template.unsupported"),
            ("{{&a}}", "1:1 template.unsupported"), ("{{> a}}", "1:1 template.unsupported"),
            ("{{=<% %>=}}", "1:1 template.unsupported"), ("{{!\n\n}}{{é}}", "3:3 template.syntax"),
        ])
    func syntax(text: String, expected: String) {
        #expect(faults(text).joined(separator: " ") == expected)
    }

    @Test("any text is read or refused, and never ends the program", arguments: 0..<200)
    func anything(seed: UInt64) {
        var state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493
        var text = ""
        for _ in 0..<40 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            text +=
                ["{{", "}}", "{{#a}}", "{{/a}}", "{{^a}}", "a", " ", "\n", "\r\n", "{{a}}", "{", "}", "{{!", ".", "é"][
                    Int(state >> 33) % 15]
        }
        _ = faults(text, ["a": [["a": "x"]]])
    }
}
