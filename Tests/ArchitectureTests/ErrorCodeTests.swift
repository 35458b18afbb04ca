import Testing

/// Every code that a diagnostic can carry stands in docs/errors.md, and nothing else does.
@Suite(.enabled(if: Repository.exists("docs/errors.md"))) struct ErrorCodeTests {
    @Test("every code of the sources is documented")
    func documented() throws {
        let known = Set(try documentedCodes())
        for (code, place) in try usedCodes() {
            #expect(known.contains(code), "\(place): \(code) is not in docs/errors.md")
        }
    }

    @Test("every documented code occurs in the sources, once in the page")
    func used() throws {
        let literals = Set(Repository.sources.flatMap { $0.literals.map(\.text) })
        let codes = try documentedCodes()
        #expect(!codes.isEmpty)
        for code in codes { #expect(literals.contains(code), "\(code) is documented and never used") }
        #expect(codes.count == Set(codes).count)
    }

    @Test("the scanner sees codes where diagnostics are made")
    func scanner() {
        let source = SwiftSource(
            Repository.File(
                path: "x.swift",
                text: """
                    throw .error(
                        "a.one", "message \\(x ? "no.code" : "y")")
                    Diagnostic(.warning, "b.two-words", "…")
                    HostError(code: "c.three", host: "db1.example")
                    func report(_ code: String, _ text: String) {}
                    report("d.four", "e.five")
                    // .error("f.six")
                    func wait(code: String = "g.seven") {}
                    other("h.eight")
                    """))
        #expect(
            codes(of: source, makers: makers(in: [source])).map(\.code) == [
                "a.one", "b.two-words", "c.three", "d.four", "g.seven",
            ])
    }

    private func documentedCodes() throws -> [String] {
        try Repository.text(of: "docs/errors.md").split(separator: "\n")
            .compactMap { $0.firstMatch(of: /^(?:#+|\||-)\s*`([a-z]+(?:\.[a-z0-9-]+)+)`/) }
            .map { String($0.1) }
    }

    private func usedCodes() throws -> [(code: String, place: String)] {
        let makers = makers(in: Repository.sources)
        // A code handed on under another name is known by its family, unless keys of the inventory look the same.
        let keys: Set = ["ssh", "hosts", "vips", "postgresql", "replication", "ha", "pgpool", "arping"]
        let families = Set(try documentedCodes().map { $0.prefix { $0 != "." } }.map(String.init)).subtracting(keys)
        return Repository.sources.flatMap { source in
            codes(of: source, makers: makers)
                + source.literals.filter { isCode($0.text) && families.contains(String($0.text.prefix { $0 != "." })) }
                .map { ($0.text, place(of: $0.position, in: source)) }
        }
    }

    private func isCode(_ text: String) -> Bool { text.wholeMatch(of: /[a-z]+(?:\.[a-z0-9-]+)+/) != nil }

    private func place(of position: Int, in source: SwiftSource) -> String {
        "\(source):\(source.code[..<position].count { $0 == UInt8(ascii: "\n") } + 1)"
    }

    /// The functions whose first argument is a code.
    private func makers(in sources: [SwiftSource]) -> Set<String> {
        var names: Set = ["error", "warning"]
        for source in sources {
            for match in source.lines.joined(separator: "\n").matches(of: /func\s+(\w+)\s*\(\s*_ code: String/) {
                names.insert(String(match.1))
            }
        }
        return names
    }

    private func codes(of source: SwiftSource, makers: Set<String>) -> [(code: String, place: String)] {
        source.literals.filter { isCode($0.text) }
            .filter { literal in
                let before = String(
                    decoding: source.code[max(0, literal.position - 200)..<literal.position], as: UTF8.self)
                if before.contains(/\bcode:\s*(?:String\s*=\s*)?"$/) || before.contains(/\.(?:error|warning),\s*"$/) {
                    return true
                }
                guard let call = before.firstMatch(of: /(\w+)\(\s*"$/) else { return false }
                return makers.contains(String(call.1))
            }
            .map { ($0.text, place(of: $0.position, in: source)) }
            .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
    }
}
