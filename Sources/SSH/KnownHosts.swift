import CLibCrypto
import FoundationEssentials

/// The lines of a `known_hosts` file.
///
/// libssh2 has a reader of its own that takes a revoked key for a known one and stops at the first odd line; this
/// one reads what OpenSSH does.
/// - Source: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".
struct KnownHosts: Sendable {
    struct Line: Sendable {
        /// Counts from 1.
        let number: Int
        let isRevoked: Bool
        fileprivate let hosts: Hosts
        let key: HostKey
    }

    /// Which names a line is about.
    fileprivate struct Hosts: Sendable {
        /// Lower case; `!` in front takes a name out again.
        var patterns: [String] = []
        /// `|1|salt|HMAC-SHA1 of the name`, instead of patterns.
        var hash: (salt: [UInt8], digest: [UInt8])?
    }

    /// What the file says of a host's key.
    enum Verdict {
        case known
        case unknown
        case changed(Line)
        case revoked(Line)
    }

    private(set) var lines: [Line] = []

    init(_ text: some Sequence<UInt8>) {
        for (index, line) in Array(text).split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
            if let line = Self.parse(line, number: index + 1) { lines.append(line) }
        }
    }

    /// What a host is called there: its address, or `[address]:port` unless the port is 22.
    static func name(address: String, port: Int) -> String {
        let address = address.lowercased()
        return port == 22 ? address : "[\(address)]:\(port)"
    }

    /// The keys that a host is known by.
    func keys(of name: String) -> [Line] {
        lines.filter { !$0.isRevoked && $0.hosts.include(name) }
    }

    func verdict(on key: HostKey, of name: String) -> Verdict {
        let matching = lines.filter { $0.hosts.include(name) }
        if let line = matching.first(where: { $0.isRevoked && $0.key == key }) { return .revoked(line) }
        let known = matching.filter { !$0.isRevoked }
        if known.contains(where: { $0.key == key }) { return .known }
        // A key of another type is no proof of anything: a known host has to show a key that is known.
        if let line = known.first(where: { $0.key.type == key.type }) ?? known.first { return .changed(line) }
        return .unknown
    }

    /// Nil for comments, for what can't be read, and for certificate authorities: libssh2 offers us no certificates.
    private static func parse(_ line: ArraySlice<UInt8>, number: Int) -> Line? {
        var fields = line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }.map { String(decoding: $0, as: UTF8.self) }
        guard let first = fields.first, !first.hasPrefix("#") else { return nil }
        let marker = first.hasPrefix("@") ? fields.removeFirst() : nil
        guard fields.count >= 3, marker == nil || marker == "@revoked" else { return nil }
        guard let blob = Data(base64Encoded: fields[2]), let key = HostKey(blob: Array(blob)), key.type == fields[1]
        else {
            return nil
        }
        guard let hosts = Hosts(fields[0]) else { return nil }
        return Line(number: number, isRevoked: marker != nil, hosts: hosts, key: key)
    }
}

extension KnownHosts.Hosts {
    /// Nil if it is a hash that can't be read.
    fileprivate init?(_ text: String) {
        if !text.hasPrefix("|") {
            patterns = text.lowercased().split(separator: ",").map(String.init)
            return
        }
        let parts = text.split(separator: "|")
        guard parts.count == 3, parts[0] == "1", let salt = Data(base64Encoded: String(parts[1])),
            let digest = Data(base64Encoded: String(parts[2]))
        else { return nil }
        hash = (Array(salt), Array(digest))
    }

    fileprivate func include(_ name: String) -> Bool {
        if let hash { return hash.digest == Self.digest(name, salt: hash.salt) }
        let denied = patterns.contains { $0.hasPrefix("!") && Self.matches(name.utf8, $0.dropFirst().utf8) }
        return !denied && patterns.contains { Self.matches(name.utf8, $0.utf8) }
    }

    private static func digest(_ name: String, salt: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        let bytes = Array(name.utf8)
        HMAC(EVP_sha1(), salt, Int32(salt.count), bytes, bytes.count, &digest, &length)
        return Array(digest.prefix(Int(length)))
    }

    /// `*` stands for any text, `?` for one character.
    private static func matches(
        _ name: some BidirectionalCollection<UInt8>, _ pattern: some BidirectionalCollection<UInt8>
    )
        -> Bool
    {
        var name = Array(name)[...]
        var pattern = Array(pattern)[...]
        // Where to go on when a guess at what the last star stands for was too short.
        var retry: (name: ArraySlice<UInt8>, pattern: ArraySlice<UInt8>)?
        while let next = name.first {
            if pattern.first == UInt8(ascii: "*") {
                pattern = pattern.dropFirst()
                retry = (name, pattern)
            } else if let wanted = pattern.first, wanted == next || wanted == UInt8(ascii: "?") {
                name = name.dropFirst()
                pattern = pattern.dropFirst()
            } else if let last = retry {
                name = last.name.dropFirst()
                pattern = last.pattern
                retry = (name, pattern)
            } else {
                return false
            }
        }
        return pattern.allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
