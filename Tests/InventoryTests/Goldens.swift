import FoundationEssentials
import Testing

/// Files that stand beside the tests, and texts that must come out as they stand there.
enum Goldens {
    static let root = String(#filePath).split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

    static func files(in folder: String) -> [String] {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
        return found.filter { $0.hasSuffix(".yaml") }.sorted()
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(root)/\(path)")))
    }

    /// With `KUMKI_RECORD` in the environment the golden is written anew, and the test fails, so that the change is read.
    static func expect(_ text: String, equals path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        if ProcessInfo.processInfo.environment["KUMKI_RECORD"] != nil {
            try Data(text.utf8).write(to: URL(filePath: "\(root)/\(path)"))
            Issue.record("\(path) was written anew", sourceLocation: sourceLocation)
            return
        }
        let golden = String(decoding: (try? bytes(path)) ?? [], as: UTF8.self)
        #expect(text == golden, "\(path)", sourceLocation: sourceLocation)
    }
}
