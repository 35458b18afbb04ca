import FoundationEssentials
import Testing

/// Whole outputs that must come out as they stand in Tests/goldens.
enum Goldens {
    static let root = String(#filePath).split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 }

    /// The names of the inventories in inventories/, without their ending.
    static let inventories: [String] = {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/inventories")) ?? []
        return found.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    }()

    /// With `KUMKI_RECORD` in the environment the golden is written anew, and the test fails, so that the change is read.
    static func expect(_ text: String, equals name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let path = "\(root)/Tests/goldens/\(name)"
        if ProcessInfo.processInfo.environment["KUMKI_RECORD"] != nil {
            let folder = URL(filePath: path).deletingLastPathComponent().path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: path))
            Issue.record("\(name) was written anew", sourceLocation: sourceLocation)
            return
        }
        let golden = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        #expect(text == golden, "\(name)", sourceLocation: sourceLocation)
    }
}
