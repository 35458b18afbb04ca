package import Diagnostics
import YAML

/// Reads an inventory: text to a checked model, with everything that is wrong with it.
package enum InventoryReader {
    /// What reading gave.
    package struct Reading: Sendable {
        /// Nil when there is any error.
        package let inventory: Inventory?
        /// Errors and warnings, in the order of the file.
        package let problems: Problems
        /// Where secrets stand in the text; whoever prints a line of it masks them.
        package let secretPlaces: [SourcePlace]
    }

    /// - Parameter file: the path as the user gave it, for places and for the paths beside it.
    package static func read(bytes: [UInt8], file: String) -> Reading {
        let document = YAMLDocument(bytes: bytes, file: file)
        var problems = document.problems
        guard let root = document.root else {
            return Reading(inventory: nil, problems: problems, secretPlaces: [])
        }
        let notes = DecodingNotes(codes: .inventory)
        let draft = InventoryDecoder(file: file).inventory(from: YAMLField(root: root, notes: notes))
        problems.all += notes.problems.all
        if let draft {
            problems.all += InventoryRules(draft, notes: notes).problems()
        }
        problems.all = problems.all.enumerated().sorted { left, right in
            order(left.element, left.offset) < order(right.element, right.offset)
        }.map(\.element)
        return Reading(
            inventory: problems.hasErrors ? nil : draft, problems: problems,
            secretPlaces: SecretPlaces.find(in: root))
    }

    private static func order(_ diagnostic: Diagnostic, _ offset: Int) -> (Int, Int, Int) {
        (diagnostic.place?.line ?? 0, diagnostic.place?.column ?? 0, offset)
    }
}

extension DecodingCodes {
    static let inventory = DecodingCodes(
        type: "inventory.type", value: "inventory.value", missingKey: "inventory.missing-key",
        unknownKey: "inventory.unknown-key")
}
