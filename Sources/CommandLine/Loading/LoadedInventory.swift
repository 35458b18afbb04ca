import Diagnostics
import FoundationEssentials
import Inventory
import PostgreSQL
import Resources
import YAML

/// An inventory as a command needs it: read and checked, its warnings told.
struct LoadedInventory: Sendable {
    let inventory: Inventory
    /// The digest of its text.
    let digest: String
    let warnings: [Diagnostic]

    /// - Throws: `Problems` with everything that is wrong with it, `inventory.unreadable` among it.
    init(path: String, console: Console) throws(Problems) {
        let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
        if let tooLarge = YAMLDocument.sizeProblem(byteCount: size ?? 0, file: path) { throw Problems(tooLarge) }
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw Problems(
                .error(
                    "inventory.unreadable", "\(path) can't be read",
                    hint: "check the path; `kumki init NAME --layout pair` writes a first inventory"))
        }
        let bytes = Array(data)
        let reading = InventoryReader.read(bytes: bytes, file: path)
        console.remember(path, bytes, secretPlaces: reading.secretPlaces)
        guard let inventory = reading.inventory, !reading.problems.hasErrors else { throw reading.problems }
        self.inventory = inventory
        digest = SHA256.hexDigest(String(decoding: data, as: UTF8.self))
        warnings = reading.problems.all
    }
}

extension Inventory {
    /// A path of the inventory as this machine knows it: relative ones count from the inventory's folder.
    func localPath(_ path: String) -> String {
        if path.hasPrefix("/") || path.hasPrefix("~") { return path }
        guard let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }
}
