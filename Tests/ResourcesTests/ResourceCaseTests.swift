import Applying
import Diagnostics
import Hosts
import Resources
import TestSupport
import Testing

@Suite("Kinds of resource, case by case")
struct ResourceCaseTests {
    @Test("what was observed leads to the finding and the script of its case", arguments: ResourceCase.all)
    func finding(example: ResourceCase) throws {
        let title = example.title.split(separator: "\n")
        #expect(!title.isEmpty, "the case does not say what it is about")
        try Goldens.expect(example.written(with: try example.finding()), equals: example.path)
    }

    @Test("each kind has a case of everything that its source can find", arguments: KindSource.all)
    func complete(kind: KindSource) throws {
        let cases = ResourceCase.all.filter { $0.kind == kind.name }
        let found = Set(try cases.map { Self.word(try $0.finding()) })
        #expect(kind.findings.subtracting(found).sorted() == [], "cases that \(kind.name) lacks")
    }

    @Test("each folder of cases is that of a kind")
    func folders() {
        #expect(Set(ResourceCase.kinds) == Set(KindSource.all.map(\.name)))
        #expect(KindSource.all.count > 25)
    }

    @Test("every script is POSIX sh that shellcheck finds nothing in, in the frame of a step")
    func scripts() async throws {
        let folder = try TemporaryFolder()
        var files: [String] = []
        for example in ResourceCase.all {
            guard case .change(let change) = try example.finding(), !change.script.text.segments.isEmpty else {
                continue
            }
            let framed = StepScript(cluster: "shop", steps: [.init(id: "db1/\(example.kind)", body: change.script)])
            let name = "\(example.kind)-\(example.name).sh"
            files.append(try folder.write(name, framed.script.text.revealed))
        }
        #expect(files.count > 50)
        let syntax = try await LocalProgram.shell("for f in '\(folder.path)'/*; do dash -n \"$f\" || exit 1; done")
        #expect(syntax.succeeded, "\(syntax.errorText)")
        // SC2016: a verifier's dollar signs mean nothing to the shell, and shall not.
        let check = try await LocalProgram.run("shellcheck", ["-s", "sh", "-f", "gcc", "-e", "SC2016"] + files)
        let words = check.outputText + check.errorText
        #expect(words == "")
    }

    private static func word(_ finding: Finding) -> String {
        switch finding {
        case .same: "same"
        case .unknown: "unknown"
        case .refused: "refused"
        case .change(let change): change.action.rawValue
        }
    }
}

/// A kind as its source stands: what it can find is read from it, so that a new finding asks for a new case.
struct KindSource: Sendable, CustomTestStringConvertible {
    let name: String
    let findings: Set<String>

    var testDescription: String { name }

    static let all: [KindSource] = Goldens.files(in: "Sources/Resources/Kinds", ending: ".swift").flatMap { file in
        read((try? Goldens.text("Sources/Resources/Kinds/\(file)")) ?? "")
    }

    private static func read(_ text: String) -> [KindSource] {
        text.split(separator: "\npackage struct ").dropFirst().compactMap { part in
            guard let head = part.split(separator: "\n").first, let colon = head.firstIndex(of: ":"),
                ["Resource", "Awaited", "InterruptsServer"].contains(where: head.contains)
            else { return nil }
            // A type that follows and is not ours ends the part.
            let own = part.split(separator: "\n}\n", maxSplits: 1)[0]
            let words = ["same", "unknown", "refused", "create", "update", "delete", "run"]
            let found = words.filter { Self.mentions(own, $0) }
            return KindSource(name: String(head[..<colon]), findings: Set(found))
        }
    }

    private static func mentions(_ source: Substring, _ word: String) -> Bool {
        source.split { !$0.isLetter && $0 != "." }.contains { $0.hasSuffix(".\(word)") }
    }
}
