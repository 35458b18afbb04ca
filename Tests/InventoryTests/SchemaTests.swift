import Diagnostics
import FoundationEssentials
import Inventory
import TestSupport
import Testing

@Suite("The JSON Schema of the inventory")
struct SchemaTests {
    @Test("the files that the schema takes are read without errors", arguments: Goldens.files(in: "Tests/schema/valid"))
    func valid(file: String) throws {
        let reading = InventoryReader.read(bytes: try Goldens.bytes("Tests/schema/valid/\(file)"), file: file)
        #expect(reading.problems.errors == [])
    }

    @Test("the files that the schema refuses are refused", arguments: Goldens.files(in: "Tests/schema/broken"))
    func broken(file: String) throws {
        let reading = InventoryReader.read(bytes: try Goldens.bytes("Tests/schema/broken/\(file)"), file: file)
        #expect(reading.problems.hasErrors)
        #expect(reading.problems.errors.allSatisfy { $0.code.hasPrefix("inventory.") })
    }

    @Test("the schema knows the keys that the reader reads, and no others")
    func keys() throws {
        var read: Set<String> = []
        for file in Goldens.files(in: "Tests/schema/valid") {
            let reading = InventoryReader.read(bytes: try Goldens.bytes("Tests/schema/valid/\(file)"), file: file)
            let places = try #require(reading.inventory).places
            read.formUnion(places.keys.map(Self.generalized))
        }
        let tree = try JSONDecoder().decode(Tree.self, from: Data(InventorySchema.text.utf8))
        let sources: Set<Substring> = ["env", "file", "command", "command[]"]
        let differing = tree.keys(in: tree, path: "").symmetricDifference(read)
        #expect(differing.filter { !sources.contains($0.split(separator: ".").last ?? "") } == [])
    }

    /// `hosts.db1.settings.work_mem` as `hosts.*.settings.*`, `hba[0]` as `hba[]`.
    private static func generalized(_ path: String) -> String {
        var parts = path.split(separator: ".").map { part -> String in
            part.firstIndex(of: "[").map { String(part[..<$0]) + "[]" } ?? String(part)
        }
        if parts.first == "hosts", parts.count > 1 { parts[1] = "*" }
        for index in parts.indices.dropFirst() where ["settings", "options"].contains(parts[index - 1]) {
            parts[index] = "*"
        }
        return parts.joined(separator: ".")
    }

    /// As much of a schema as says which keys there are.
    private final class Tree: Decodable {
        let properties: [String: Tree]?
        let patternProperties: [String: Tree]?
        let additionalProperties: Tree?
        let items: Tree?
        let oneOf: [Tree]?
        let definitions: [String: Tree]?
        let reference: String?

        enum CodingKeys: String, CodingKey {
            case properties, patternProperties, additionalProperties, items, oneOf
            case definitions = "$defs"
            case reference = "$ref"
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            properties = try values.decodeIfPresent([String: Tree].self, forKey: .properties)
            patternProperties = try values.decodeIfPresent([String: Tree].self, forKey: .patternProperties)
            // `false` says that there are no others.
            additionalProperties = try? values.decodeIfPresent(Tree.self, forKey: .additionalProperties)
            items = try values.decodeIfPresent(Tree.self, forKey: .items)
            oneOf = try values.decodeIfPresent([Tree].self, forKey: .oneOf)
            definitions = try values.decodeIfPresent([String: Tree].self, forKey: .definitions)
            reference = try values.decodeIfPresent(String.self, forKey: .reference)
        }

        func keys(in root: Tree, path: String) -> Set<String> {
            var found: Set<String> = path.isEmpty ? [] : [path]
            let prefix = path.isEmpty ? "" : path + "."
            for (key, value) in properties ?? [:] { found.formUnion(value.keys(in: root, path: prefix + key)) }
            for value in (patternProperties ?? [:]).values { found.formUnion(value.keys(in: root, path: prefix + "*")) }
            if let additionalProperties { found.formUnion(additionalProperties.keys(in: root, path: prefix + "*")) }
            if let items { found.formUnion(items.keys(in: root, path: path + "[]")) }
            for form in oneOf ?? [] { found.formUnion(form.keys(in: root, path: path)) }
            if let name = reference?.split(separator: "/").last, let target = root.definitions?[String(name)] {
                found.formUnion(target.keys(in: root, path: path))
            }
            return found
        }
    }

    @Test("the text is the same as in its golden")
    func text() throws {
        try Goldens.expect(InventorySchema.text, equals: "Tests/schema/inventory.schema.json")
    }
}
