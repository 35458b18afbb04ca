import Diagnostics
import Inventory
import TestSupport
import Testing

@Suite("What is printed of a file with mistakes")
struct PrintedDiagnosticsTests {
    @Test("as in its golden", arguments: Goldens.files(in: "Tests/diagnostics"))
    func printed(file: String) throws {
        let bytes = try Goldens.bytes("Tests/diagnostics/\(file)")
        let reading = InventoryReader.read(bytes: bytes, file: file)
        let printer = DiagnosticPrinter(sources: [file: bytes], secretPlaces: reading.secretPlaces)
        let text = printer.text(reading.problems)
        #expect(reading.inventory == nil)
        #expect(!text.contains("hunter2"))
        try Goldens.expect(text, equals: "Tests/diagnostics/\(file.dropLast(5)).txt")
    }
}
