import Diagnostics
import Inventory
import TestSupport
import Testing

@Suite("The examples in inventories/")
struct ExamplesTests {
    @Test("each example is without errors and warnings", arguments: Goldens.files(in: "inventories"))
    func valid(name: String) throws {
        let reading = InventoryReader.read(bytes: try Goldens.bytes("inventories/\(name)"), file: name)
        #expect(reading.problems.all == [])
        #expect(reading.inventory?.cluster == String(name.dropLast(5)))
        #expect(reading.secretPlaces == [])
    }

    @Test("there are examples")
    func some() {
        #expect(Goldens.files(in: "inventories").count >= 9)
    }
}
