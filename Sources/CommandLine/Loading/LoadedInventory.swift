import Diagnostics
import FoundationEssentials
import Inventory
import PostgreSQL
import Resources

/// An inventory as a command needs it: read, checked, with what its files say.
struct LoadedInventory {
    let inventory: Inventory
    /// The digest of its text.
    let digest: String
    let warnings: [Diagnostic]

    /// - Throws: `Problems` with everything that is wrong with it.
    init(path: String) throws(Problems) {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw Problems(
                .error(
                    "inventory.unreadable", "\(path) can't be read",
                    hint: "check the path; `kumki init NAME --layout pair` writes a first inventory"))
        }
        let reading = InventoryReader.read(bytes: Array(data), file: path)
        guard let inventory = reading.inventory, !reading.problems.hasErrors else { throw reading.problems }
        self.inventory = inventory
        digest = SHA256.hexDigest(String(decoding: data, as: UTF8.self))
        warnings = reading.problems.all
    }
}
