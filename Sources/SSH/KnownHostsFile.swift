import Synchronization

/// A `known_hosts` file, read when it has changed and added to by one session at a time.
final class KnownHostsFile: Sendable {
    private struct Reading {
        let version: [Int]?
        let hosts: KnownHosts
    }

    private static let files = Mutex<[String: KnownHostsFile]>([:])

    let path: String
    private let reading = Mutex<Reading?>(nil)

    private init(_ path: String) {
        self.path = path
    }

    static func at(_ path: String) -> KnownHostsFile {
        files.withLock { files in
            if let file = files[path] { return file }
            let file = KnownHostsFile(path)
            files[path] = file
            return file
        }
    }

    /// - Throws: ``SystemFailure`` when there is a file that can't be read.
    func read() throws(SystemFailure) -> KnownHosts {
        try reading.withLock { reading throws(SystemFailure) in try read(&reading) }
    }

    /// Adds a host that the file does not have yet.
    ///
    /// - Returns: what the file says of the key now.
    func add(_ key: HostKey, name: String) throws(SystemFailure) -> KnownHosts.Verdict {
        try reading.withLock { reading throws(SystemFailure) in
            // Another session may have added the same host since.
            let verdict = try read(&reading).verdict(on: key, of: name)
            guard case .unknown = verdict else { return verdict }
            let newline = UInt8(ascii: "\n")
            let last = try LocalFile.read(path)?.last
            let line = Array("\(name) \(key.type) \(key.base64)\n".utf8)
            try LocalFile.append(last == nil || last == newline ? line : [newline] + line, to: path)
            return try read(&reading).verdict(on: key, of: name)
        }
    }

    private func read(_ reading: inout Reading?) throws(SystemFailure) -> KnownHosts {
        let version = LocalFile.version(path)
        if let reading, reading.version == version { return reading.hosts }
        let fresh = Reading(version: version, hosts: KnownHosts(try LocalFile.read(path) ?? []))
        reading = fresh
        return fresh.hosts
    }
}
