import Diagnostics
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A lock among the processes of this machine, given back when it goes out of scope or the process ends.
package struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// Waits for the lock called `name`.
    ///
    /// - Throws: `Diagnostic` `lab.lock` after `limit`.
    package static func acquire(_ name: String, limit: Duration) async throws -> FileLock {
        let end = ContinuousClock.now + limit
        while true {
            if let lock = try attempt(name) { return lock }
            guard ContinuousClock.now < end else {
                throw Diagnostic.error(
                    "lab.lock", "another kumki lab command has held \(path(name)) for \(limit)",
                    hint: "wait for it, or end it, and run this again")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Nil when another process, or another lock of this one, holds it.
    package static func attempt(_ name: String) throws -> FileLock? {
        let descriptor = open(path(name), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Diagnostic.error("lab.lock", "\(path(name)) can't be opened: \(String(cString: strerror(errno)))")
        }
        let lock = FileLock(descriptor: descriptor)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
        return lock
    }

    private static func path(_ name: String) -> String {
        let files = FileManager.default
        let folder = files.isWritableFile(atPath: "/run/lock") ? "/run/lock" : files.temporaryDirectory.path
        return "\(folder)/kumki-lab-\(name).lock"
    }

    deinit { close(descriptor) }
}
