import FoundationEssentials
import Resources

/// Files that stand beside the tests, and texts that must come out as they stand there.
///
/// With `KUMKI_RECORD` in the environment a golden is written anew, and the test fails, so that the change is read.
package enum Goldens {
    package static let root = String(#filePath.dropLast("/Tests/TestSupport/Goldens.swift".count))

    package static var isRecording: Bool { ProcessInfo.processInfo.environment["KUMKI_RECORD"] != nil }

    /// The names in a folder of the checkout that end so; none when there is no such folder.
    package static func files(in folder: String, ending: String = ".yaml") -> [String] {
        let found = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
        return found.filter { $0.hasSuffix(ending) }.sorted()
    }

    package static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(root)/\(path)")))
    }

    package static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// - Throws: ``GoldenFailure`` with a diff.
    package static func expect(_ text: String, equals path: String) throws {
        let golden = (try? self.text(path)) ?? ""
        if text == golden { return }
        guard isRecording else {
            let diff = TextDiff.unified(from: golden, to: text, oldName: path, newName: "this run") ?? ""
            throw GoldenFailure(description: "\(diff)\n(KUMKI_RECORD=1 writes it anew)")
        }
        let file = "\(root)/\(path)"
        let folder = file[..<(file.lastIndex(of: "/") ?? file.startIndex)]
        try FileManager.default.createDirectory(atPath: String(folder), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: file))
        throw GoldenFailure(description: "\(path) was written anew: read what changed")
    }
}

package struct GoldenFailure: Error, CustomStringConvertible {
    package let description: String
}
