import Diagnostics
import Hosts
import Resources
import TestSupport
import Testing

/// One file `Cases/KIND/NAME.case`: what is declared, what a probe printed, and what shall come of it.
///
/// The first paragraph says what the case is about. `== declared` holds `name = value` lines for ``CaseDeclaration``;
/// `== observed` and `== observed on HOST` are a probe's own output with `@` as its boundary; all from `== finding` on
/// is the golden.
struct ResourceCase: Sendable, CustomTestStringConvertible {
    static let folder = "Tests/ResourcesTests/Cases"

    let kind: String
    let name: String
    let title: String
    let declaration: CaseDeclaration
    let observed: String
    let peers: [String: String]
    /// All that stands before the golden, as it is.
    private let question: String

    var path: String { "\(Self.folder)/\(kind)/\(name).case" }
    var testDescription: String { "\(kind)/\(name)" }

    static let kinds = Goldens.files(in: folder, ending: "").filter { !$0.contains(".") }

    static let all: [ResourceCase] = kinds.flatMap { kind in
        Goldens.files(in: "\(folder)/\(kind)", ending: ".case").map { ResourceCase(kind: kind, file: $0) }
    }

    init(kind: String, file: String) {
        self.kind = kind
        name = String(file.dropLast(".case".count))
        let text = (try? Goldens.text("\(Self.folder)/\(kind)/\(file)")) ?? ""
        var parts: [(head: String, lines: [Substring])] = [("", [])]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("== ") {
                parts.append((String(line.dropFirst(3)), []))
            } else {
                parts[parts.count - 1].lines.append(line)
            }
        }
        let asked = parts.prefix { $0.head != "finding" }
        question = asked.map { ($0.head.isEmpty ? [] : ["== \($0.head)"]) + $0.lines.map(String.init) }.joined()
            .joined(separator: "\n")
        func body(_ head: String) -> String? {
            parts.first { $0.head == head }.map { $0.lines.joined(separator: "\n") }
        }
        title = body("") ?? ""
        declaration = CaseDeclaration(text: body("declared") ?? "")
        observed = body("observed") ?? ""
        var peers: [String: String] = [:]
        for part in parts where part.head.hasPrefix("observed on ") {
            peers[String(part.head.dropFirst("observed on ".count))] = part.lines.joined(separator: "\n")
        }
        self.peers = peers
    }

    func resource() throws -> any Resource {
        let make = try #require(CaseDeclaration.kinds[kind], "no \(kind) in CaseDeclaration.kinds")
        return make(declaration)
    }

    func finding() throws -> Finding {
        let resource = try resource()
        let facts = try facts(of: "db1", observed, resource.probe.union(resource.detail))
        var cluster = ClusterFacts(hosts: ["db1": .present(facts)])
        for (host, text) in peers {
            cluster.hosts[host] = .present(try self.facts(of: host, text, resource.peerProbes[host] ?? Probe()))
        }
        return resource.compare(facts, in: cluster)
    }

    private func facts(of host: String, _ text: String, _ probe: Probe) throws -> HostFacts {
        let output = ProbeOutput.completed(text) + "\n@ end \n"
        return try #require(
            FactsParser.parse(Array(output.utf8), errors: "", boundary: "@", host: host, probe: probe),
            "\(path): the output is cut off")
    }

    /// The whole file as this run makes it.
    func written(with finding: Finding) -> String {
        question + (question.hasSuffix("\n") ? "" : "\n") + FindingText(finding).text
    }
}

/// A probe's output, with the answers that every running server gives.
enum ProbeOutput {
    private static let answers = [
        ("server", ServerRow.primary), ("settings", "{}"), ("roles", "{}"),
        ("databases", #"{"postgres":{"owner":"postgres","encoding":"UTF8","collate":"C.UTF-8"}}"#),
        ("slots", "[]"), ("standbys", "[]"), ("file-errors", "[]"),
    ]

    /// In a section `sql` each line is `WORD JSON`; what is not said there is answered as by an empty server.
    static func completed(_ text: String) -> String {
        var lines: [String] = []
        var inside = false
        var said: Set<String> = []
        func finish() {
            guard inside else { return }
            // A session that failed said nothing more.
            for (word, json) in answers where !said.contains(word) && !said.contains("status") {
                lines.append("\(word)\t\(json)")
            }
            lines.append("")
            inside = false
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("@ ") { finish() }
            guard inside else {
                lines.append(line)
                inside = line == "@ sql "
                if line == "@ sql" { inside = true }
                continue
            }
            if line.hasPrefix("status=") { said.insert("status") }
            guard let space = line.firstIndex(of: " ") else { continue }
            let word = String(line[..<space])
            var json = String(line[line.index(after: space)...])
            if word == "server" { json = ServerRow.named(json) }
            said.insert(word)
            lines.append("\(word)\t\(json)")
        }
        finish()
        return lines.joined(separator: "\n")
    }
}

/// The row `server` of a probe's answers; a case may say `primary` or `standby` instead.
private enum ServerRow {
    static let primary =
        #"{"version":150004,"recovery":false,"identifier":"7300000000000000001","timeline":1,"current":"0/5000060","#
        + #""loaded":2000,"started":1000}"#
    static let standby =
        #"{"version":150004,"recovery":true,"identifier":"7300000000000000001","timeline":1,"received":"0/5000060","#
        + #""replayed":"0/5000060","loaded":2000,"started":1000}"#

    static func named(_ text: String) -> String {
        text == "primary" ? primary : text == "standby" ? standby : text
    }
}

/// A finding as a case's golden holds it.
struct FindingText {
    let text: String

    init(_ finding: Finding) {
        switch finding {
        case .same: text = "== finding\nsame\n"
        case .unknown(let reason): text = "== finding\nunknown\nreason: \(reason)\n"
        case .refused(let diagnostic):
            text =
                "== finding\nrefused\ncode: \(diagnostic.code)\nreason: \(diagnostic.message)\n"
                + "hint: \(diagnostic.hint ?? "none")\n"
        case .change(let change): text = Self.text(of: change)
        }
    }

    private static func text(of change: Change) -> String {
        var text =
            "== finding\n\(change.action.rawValue)\nreason: \(change.reason)\neffect: \(change.effect.rawValue)\n"
        if change.destroysData { text += "destroys data\n" }
        if let basis = change.basis { text += "basis: \(basis)\n" }
        for upload in change.uploads { text += "upload: \(upload.localPath) to \(upload.remotePath)\n" }
        if let diff = change.diff { text += "== diff\n\(diff)\n" }
        return text + "== script, at most \(change.script.limit)\n\(change.script.text.masked)"
    }
}
