import Diagnostics
import FoundationEssentials
import Glibc

/// Files that commands write on this machine.
enum LocalFile {
    /// Replaces the file whole; nobody sees it with another mode.
    ///
    /// - Throws: `Diagnostic` `file.unwritable`.
    static func write(_ text: String, to path: String, mode: mode_t = 0o644) throws(Diagnostic) {
        let temporary = path + ".kumki-new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                let failure = failure(path)
                close(descriptor)
                unlink(temporary)
                throw failure
            }
            bytes = bytes.dropFirst(count)
        }
        fchmod(descriptor, mode)
        close(descriptor)
        guard rename(temporary, path) == 0 else {
            let failure = failure(path)
            unlink(temporary)
            throw failure
        }
    }

    /// Makes a folder and those above it.
    ///
    /// - Throws: `Diagnostic` `file.unwritable`.
    static func makeFolder(_ path: String, mode: Int = 0o755) throws(Diagnostic) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
        } catch {
            throw .error(
                "file.unwritable", "the folder \(path) can't be made", hint: "see that you may write where it belongs")
        }
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// With the C library's words: `No such file or directory`.
    private static func failure(_ path: String) -> Diagnostic {
        .error(
            "file.unwritable", "\(path) can't be written: \(String(cString: strerror(errno)))",
            hint: "see that its folder exists and that you may write there")
    }
}

extension String {
    /// A path without its last component.
    var droppingLastComponent: String {
        guard let slash = lastIndex(of: "/") else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }
}
