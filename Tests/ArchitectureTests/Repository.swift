import FoundationEssentials

/// The checkout that the tests were built from.
enum Repository {
    static let root = String(#filePath.dropLast("/Tests/ArchitectureTests/Repository.swift".count))

    /// A text file of the repository.
    struct File: Sendable, CustomStringConvertible {
        /// From the root: `Sources/Graph/Cycle.swift`.
        let path: String
        let text: String

        var description: String { path }
        var folders: [String] { path.split(separator: "/").dropLast().map(String.init) }
    }

    /// The files below some folders whose names end in one of the endings, by path.
    static func files(in folders: [String], endings: [String]) throws -> [File] {
        var files: [File] = []
        for folder in folders where FileManager.default.fileExists(atPath: "\(root)/\(folder)") {
            for name in try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)").sorted()
            where endings.contains(where: { name.hasSuffix($0) }) {
                files.append(File(path: "\(folder)/\(name)", text: try text(of: "\(folder)/\(name)")))
            }
        }
        return files
    }

    static func text(of path: String) throws -> String {
        try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(root)/\(path)") }

    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)").filter { !$0.hasPrefix(".") }.sorted()
    }

    static let sources: [SwiftSource] = read(["Sources"])
    static let sourcesAndTests: [SwiftSource] = read(["Sources", "Tests"])

    /// An unreadable checkout gives nothing, which the first test of ``LayerTests`` reports.
    private static func read(_ folders: [String]) -> [SwiftSource] {
        let files = try? files(in: folders, endings: [".swift"])
        return (files ?? []).map { SwiftSource($0) }
    }
}
