import Diagnostics
import Inventory
import Testing

@Suite("An inventory to start from")
struct StarterInventoryTests {
    @Test("each layout is without errors and warnings", arguments: StarterInventory.Layout.allCases)
    func valid(layout: StarterInventory.Layout) throws {
        let starter = try StarterInventory(name: "my_shop-1", layout: layout)
        let reading = InventoryReader.read(bytes: Array(starter.text.utf8), file: "shop.yaml")
        #expect(reading.problems.all == [])
        #expect(reading.inventory?.cluster == "my_shop-1")
    }

    @Test("the files that are made are those that the inventory names", arguments: StarterInventory.Layout.allCases)
    func secrets(layout: StarterInventory.Layout) throws {
        let starter = try StarterInventory(name: "shop", layout: layout)
        let named = starter.text.matches(of: /\{file: ([^}]+)\}/).map { String($0.1) }
        #expect(named.sorted() == starter.secretFiles.sorted())
    }

    @Test("lines stay readable", arguments: StarterInventory.Layout.allCases)
    func lines(layout: StarterInventory.Layout) throws {
        let text = try StarterInventory(name: "shop", layout: layout).text
        #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 })
    }

    @Test(
        "a name that is none is refused",
        arguments: ["", "Shop", "1shop", "shop/..", String(repeating: "a", count: 64)])
    func name(name: String) {
        #expect(throws: Diagnostic.self) { try StarterInventory(name: name, layout: .pair) }
    }
}
