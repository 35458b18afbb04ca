import FoundationEssentials

/// A file of this machine on its way to a host.
struct LocalFile {
    let path: String

    func bytes() throws -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw LocalFileError(message: "\(path) can't be read on this machine")
        }
    }
}

struct LocalFileError: Error {
    let message: String
}
