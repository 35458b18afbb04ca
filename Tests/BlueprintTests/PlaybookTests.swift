import Blueprint
import Diagnostics
import Graph
import Inventory
import Resources
import TestSupport
import Testing

@Suite struct PlaybookTests {
    static func inventory(_ name: String, _ edits: [(String, String)] = []) throws -> Inventory {
        var text = try Goldens.text("inventories/\(name).yaml")
        for (old, new) in edits {
            text = text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
        }
        let reading = InventoryReader.read(bytes: Array(text.utf8), file: "\(name).yaml")
        return try #require(reading.inventory, "\(reading.problems.all.map(\.message))")
    }

    static func design(_ inventory: Inventory, primary: String = "db1", facts: ClusterFacts? = nil) -> Design {
        Design(
            inventory: inventory, primary: primary, facts: facts, templates: BuiltInFolder(.templates),
            secrets: .placeholders)
    }

    private static func problems(_ text: String) -> [String] {
        do {
            let playbook = try Playbook(text: text, file: "p.yaml")
            _ = try Blueprint(design(inventory("demo")), playbook: playbook)
            return []
        } catch let problems as Problems {
            return problems.all.map { "\($0.place.map { "\($0.line):\($0.column)" } ?? "-") \($0.code)" }
        } catch {
            return ["\(error)"]
        }
    }

    @Test(
        "what is wrong with a playbook is told with its place",
        arguments: [
            ("steps:\n  - {step: dance, on: all}\n", ["2:12 playbook.type"]),
            ("steps:\n  - {step: start, on: everybody}\n", ["2:23 playbook.value"]),
            ("steps:\n  - {step: start, on: all, when: raining}\n", ["2:34 playbook.value"]),
            ("steps:\n  - {step: start, on: all, afer: [initdb]}\n", ["2:28 playbook.unknown-key"]),
            ("steps:\n  - {step: start}\n", ["2:5 playbook.missing-key"]),
            ("steps:\n  - {step: start, on: database, after: [initdb]}\n", ["2:5 playbook.unknown-step"]),
            ("steps:\n  - {step: start, on: database, after: [start@nobody]}\n", ["2:41 playbook.type"]),
            ("steps: [\n", ["2:1 yaml.syntax"]),
            (
                "steps:\n  - {step: initdb, on: primary, after: [start]}\n  - {step: start, on: primary, after: [initdb]}\n",
                ["- playbook.cycle"]
            ),
            (
                "steps:\n  - {step: start, on: primary}\n  - {step: start, on: database}\n",
                ["3:5 playbook.duplicate"]
            ),
        ])
    func faults(text: String, expected: [String]) {
        #expect(Self.problems(text) == expected)
    }

    @Test("a step that makes nothing hands on what it waits for on its own host")
    func handedOn() throws {
        // The born primary makes no base backup: its start still comes after what the base backup waits for.
        let text = """
            steps:
              - {step: hosts, on: all}
              - {step: basebackup, on: database, after: [hosts]}
              - {step: start, on: database, after: [basebackup]}

            """
        let blueprint = try Blueprint(
            Self.design(try Self.inventory("demo")), playbook: try Playbook(text: text, file: "p.yaml"))
        #expect(blueprint.graph.hasEdge(from: "db1/hosts", to: "db1/start"))
        #expect(blueprint.graph.hasEdge(from: "db2/basebackup", to: "db2/start"))
        #expect(!blueprint.graph.hasEdge(from: "db2/hosts", to: "db2/start"))
    }

    @Test(
        "the step graph of a birth",
        arguments: ["single", "pair-async", "trio-sync", "demo", "five-quorum-cascade"])
    func graph(name: String) throws {
        let playbook = try Playbook(text: BuiltInFolder(.playbooks).text(of: "provision.yaml"), file: "provision.yaml")
        let blueprint = try Blueprint(Self.design(try Self.inventory(name)), playbook: playbook)
        let graph = try blueprint.graph.transitiveReduction()
        let lines = try graph.order().map { id in
            let before = graph.predecessors(of: id)
            return before.isEmpty ? id : "\(id) after \(before.joined(separator: ", "))"
        }
        try Goldens.expect(
            lines.joined(separator: "\n") + "\n", equals: "Tests/BlueprintTests/Goldens/steps-\(name).txt")
    }

    @Test("an engine that is not built yet is named at its place, never left out in silence")
    func unsupported() throws {
        let design = Self.design(try Self.inventory("pacemaker-trio"))
        let problems = #expect(throws: Problems.self) {
            try Blueprint(design, playbook: Playbook(text: "steps: []\n", file: "p.yaml"))
        }
        #expect(Set(problems?.all.map(\.code) ?? []) == ["engine.unsupported"])
        #expect(problems?.all.allSatisfy { $0.place != nil } == true)
    }
}
