import Diagnostics
import FoundationEssentials
import Inventory
import Testing

@Suite("The examples in inventories/")
struct ExamplesTests {
    static let folder =
        String(#filePath).split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/inventories"

    static let names: [String] = {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return found.filter { $0.hasSuffix(".yaml") }.sorted()
    }()

    @Test("each example is without errors", arguments: names)
    func valid(name: String) throws {
        let bytes = Array(try Data(contentsOf: URL(filePath: "\(Self.folder)/\(name)")))
        let reading = InventoryReader.read(bytes: bytes, file: name)
        #expect(reading.problems.errors == [])
        #expect(reading.inventory?.cluster == String(name.dropLast(5)))
    }
}
