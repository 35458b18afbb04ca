import FoundationEssentials

/// A folder of one test, gone when the test is.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = "/tmp/kumki-cli-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ text: String, to name: String, mode: Int = 0o644) throws -> String {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
    }

    func mode(_ name: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.posixPermissions] as? Int ?? 0
    }

    /// Every file below a folder, by its path from there.
    func files(below name: String) throws -> [String: String] {
        var files: [String: String] = [:]
        for relative in FileManager.default.enumerator(below: "\(path)/\(name)") {
            files[relative] = try text("\(name)/\(relative)")
        }
        return files
    }
}

extension FileManager {
    /// Regular files below a folder.
    fileprivate func enumerator(below folder: String) -> [String] {
        let names = (try? contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().flatMap { name -> [String] in
            var isFolder = false
            guard fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder) else { return [] }
            return isFolder ? enumerator(below: "\(folder)/\(name)").map { "\(name)/\($0)" } : [name]
        }
    }
}
