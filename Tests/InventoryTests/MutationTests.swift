import Diagnostics
import Inventory
import TestSupport
import Testing

@Suite("Damaged inventories")
struct MutationTests {
    @Test("whatever is done to an inventory, reading it ends with an inventory or with places", arguments: 0..<12)
    func damaged(seed: UInt64) throws {
        var dice = RandomTopologyTests.Dice(state: seed)
        let seeds = try Goldens.files(in: "Fuzz/corpus/yaml").map { try Goldens.bytes("Fuzz/corpus/yaml/\($0)") }
        #expect(!seeds.isEmpty)
        for _ in 0..<12 {
            guard var bytes = seeds.randomElement(using: &dice) else { return }
            for _ in 0..<Int.random(in: 1...6, using: &dice) { Self.damage(&bytes, seeds, &dice) }
            let reading = InventoryReader.read(bytes: bytes, file: "f.yaml")
            let printer = DiagnosticPrinter(sources: ["f.yaml": bytes], secretPlaces: reading.secretPlaces)
            let isWhole = (reading.inventory == nil) == reading.problems.hasErrors
            let isPlaced = reading.problems.all.allSatisfy { $0.place.map { $0.line > 0 && $0.column > 0 } ?? false }
            let isPrinted = printer.text(reading.problems).isEmpty == reading.problems.all.isEmpty
            if !isWhole || !isPlaced || !isPrinted { Issue.record("\(String(decoding: bytes, as: UTF8.self))") }
        }
    }

    private static let pieces = [
        "{", "}", "[", "]", ":", ": ", "- ", "\n", "  ", "\t", "\"", "'", "|\n", ">", "&a ", "*a", "!!str ", "#", "%",
        "@",
        "---\n", "? ", "~", "0644", "\u{FEFF}", "日本", "\u{0}", "sync", "upstream: db1", "999999999999999999999",
    ]

    private static func damage(_ bytes: inout [UInt8], _ seeds: [[UInt8]], _ dice: inout RandomTopologyTests.Dice) {
        let at = Int.random(in: 0...bytes.count, using: &dice)
        let end = min(bytes.count, at + Int.random(in: 0...40, using: &dice))
        switch Int.random(in: 0..<5, using: &dice) {
        case 0: bytes.removeSubrange(at..<end)
        case 1: bytes.insert(contentsOf: Array((pieces.randomElement(using: &dice) ?? "").utf8), at: at)
        case 2: bytes.insert(contentsOf: Array(bytes[at..<end]), at: Int.random(in: 0...bytes.count, using: &dice))
        case 3: bytes.insert(UInt8.random(in: 0...255, using: &dice), at: at)
        default:
            let other = seeds.randomElement(using: &dice) ?? []
            let from = Int.random(in: 0...other.count, using: &dice)
            bytes.replaceSubrange(at..<end, with: other[from..<min(other.count, from + 200)])
        }
    }
}
