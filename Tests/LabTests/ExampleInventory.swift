import FoundationEssentials

/// The examples of `inventories/`, as texts for a lab of a test's own.
enum ExampleInventory {
    private static let root = String(#filePath.dropLast("/Tests/LabTests/ExampleInventory.swift".count))

    /// - Parameter version: nil keeps the version that the example declares.
    static func text(_ name: String, version: String? = nil) throws -> String {
        let text = try String(contentsOfFile: "\(root)/inventories/\(name).yaml", encoding: .utf8)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for (index, line) in lines.enumerated() {
            lines[index] = line.replacing(/198\.18\.\d+\./, with: "$NET.")
            if line == "cluster: \(name)" { lines[index] = "cluster: $CLUSTER" }
            if let version, line.hasPrefix("  version: ") { lines[index] = "  version: \(version)" }
        }
        return lines.joined(separator: "\n").replacing(".kumki/lab/\(name)", with: "$LAB")
    }
}
