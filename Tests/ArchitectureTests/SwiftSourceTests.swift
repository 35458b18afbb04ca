import Testing

@Suite struct SwiftSourceTests {
    private func source(_ text: String) -> SwiftSource { SwiftSource(Repository.File(path: "x.swift", text: text)) }

    @Test("comments and literals are not code")
    func code() {
        let lines = source("a // b!\n/* c /* d */ e */ f\n\"g\" h\n\"\"\"\ni\n\"\"\" j\n#\"k\"l\"# m").lines
        #expect(lines.map { $0.filter { $0.isLetter } } == ["a", "f", "h", "", "", "j", "m"])
    }

    @Test("an interpolation is code within a literal")
    func interpolation() {
        let source = source(#"x("a\(b ? "c" : d("e"))f", "g")"#)
        #expect(source.literals.map(\.text).sorted() == ["af", "c", "e", "g"])
        #expect(source.lines.joined().filter(\.isLetter) == "xbd")
    }

    @Test("escapes do not end a literal")
    func escapes() {
        #expect(source(#""a\"b" + "\\" + c"#).literals.map(\.text) == [#"a\"b"#, #"\\"#])
    }

    @Test("a regular expression is not code, a division is")
    func patterns() {
        let source = source(#"f(/a"!/) + b / c + d/e ; g(/h\/"i/, "j")"#)
        #expect(source.lines.joined().filter(\.isLetter) == "fbcdeg")
        #expect(source.literals.map(\.text) == ["j"])
    }

    @Test("imports are found with their attributes, access and kinds")
    func imports() {
        let imports = source(
            "import A\npackage import B\n@preconcurrency import C\n#if x\n    import D\n#endif\nimport struct E.F\n// import G\n"
        ).imports
        #expect(imports.map(\.module) == ["A", "B", "C", "D", "E"])
        #expect(imports.map(\.line) == [1, 2, 3, 5, 7])
        #expect(imports.map(\.isShown) == [false, true, false, false, false])
    }
}
