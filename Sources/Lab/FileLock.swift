import Diagnostics
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A lock among the processes of this machine, given back when it goes out of scope or the process ends.
struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// Waits for the lock called `name`.
    ///
    /// - Throws: `Diagnostic` `lab.lock` after `limit`.
    static func acquire(_ name: String, limit: Duration) async throws -> FileLock {
        let files = FileManager.default
        let folder = files.isWritableFile(atPath: "/run/lock") ? "/run/lock" : files.temporaryDirectory.path
        let path = "\(folder)/kumki-lab-\(name).lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Diagnostic.error("lab.lock", "\(path) can't be opened: \(String(cString: strerror(errno)))")
        }
        let lock = FileLock(descriptor: descriptor)
        let end = ContinuousClock.now + limit
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard ContinuousClock.now < end else {
                throw Diagnostic.error(
                    "lab.lock", "another kumki lab command has held \(path) for \(limit)",
                    hint: "wait for it, or end it, and run this again")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        return lock
    }

    deinit { close(descriptor) }
}
