import Glibc

/// Small files of the local account.
enum LocalFile {
    /// The file's bytes; nil when there is none.
    static func read(_ path: String) throws(SystemFailure) -> [UInt8]? {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        if number < 0 {
            if errno == ENOENT { return nil }
            throw SystemFailure("open", errno)
        }
        let descriptor = Descriptor(number)
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor.number, &piece, piece.count)
            if count < 0 { throw SystemFailure("read", errno) }
            if count == 0 { return bytes }
            bytes += piece[..<count]
        }
    }

    /// Adds bytes to the end in one write, so that another program's addition is never mixed with ours; a new file
    /// has mode 0600, a new directory 0700.
    static func append(_ bytes: [UInt8], to path: String) throws(SystemFailure) {
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex { mkdir(String(path[..<slash]), 0o700) }
        let number = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        if number < 0 { throw SystemFailure("open", errno) }
        let descriptor = Descriptor(number)
        let written = write(descriptor.number, bytes, bytes.count)
        if written != bytes.count {
            throw written < 0 ? SystemFailure("write", errno) : SystemFailure("write", words: "only in part written")
        }
    }

    /// Changes whenever the file does; nil when there is none.
    static func version(_ path: String) -> [Int]? {
        var entry = stat()
        if stat(path, &entry) != 0 { return nil }
        return [Int(entry.st_ino), Int(entry.st_size), entry.st_mtim.tv_sec, entry.st_mtim.tv_nsec]
    }
}
