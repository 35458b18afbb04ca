import FoundationEssentials
import Glibc

/// A directory of one test's own, removed with its last reference.
final class Workplace: Sendable {
    let path: String

    init() throws {
        var template = Array(("/tmp/kumki-ssh-" + String(repeating: "X", count: 6)).utf8CString)
        guard mkdtemp(&template) != nil else { throw ChildFailure(description: "mkdtemp failed") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    }

    func read(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }

    func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: URL(filePath: "\(path)/\(name)"))
    }

    /// A key pair; its private half is at the returned path.
    func makeKey(_ name: String, type: String = "ed25519", passphrase: String = "") throws -> String {
        let file = "\(path)/\(name)"
        let size = ["rsa": "2048", "ecdsa": "256"][type] ?? "256"
        try ChildProcess.run("ssh-keygen", "-q", "-t", type, "-b", size, "-N", passphrase, "-C", name, "-f", file)
        return file
    }
}
