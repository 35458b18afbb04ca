/// The forms of the names that an inventory holds.
package enum NamePattern {
    static func isLowerLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// `[a-z][a-z0-9_-]*`, at most 63.
    package static func isCluster(_ name: String) -> Bool {
        guard (1...63).contains(name.utf8.count), let first = name.utf8.first, isLowerLetter(first) else {
            return false
        }
        return name.utf8.allSatisfy { isLowerLetter($0) || isDigit($0) || $0 == 0x5F || $0 == 0x2D }
    }

    package static let clusterHint =
        "begin with a lower-case letter, then lower-case letters, digits, _ and -, at most 63 in all"

    /// `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`: a label of a host name, as it goes into /etc/hosts.
    static func isHostName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard (1...63).contains(bytes.count), bytes.first != 0x2D, bytes.last != 0x2D else { return false }
        return bytes.allSatisfy { isLowerLetter($0) || isDigit($0) || $0 == 0x2D }
    }

    /// A DNS name: labels of letters, digits and hyphens between dots.
    static func isDomainName(_ name: String) -> Bool {
        guard (1...253).contains(name.utf8.count) else { return false }
        let labels = name.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        // Four numbers are a mistyped address, not a name.
        return labels.allSatisfy { isHostName(String($0)) } && !(labels.last ?? "").utf8.allSatisfy(isDigit)
    }

    static func isEnvironmentVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !isDigit(first) else { return false }
        return name.utf8.allSatisfy { isLowerLetter($0 | 0x20) || isDigit($0) || $0 == 0x5F }
    }

    /// A network interface, as the kernel takes it.
    static func isInterface(_ name: String) -> Bool {
        (1...15).contains(name.utf8.count) && name != "." && name != ".."
            && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2F && $0 != 0x3A }
    }

    /// The name of a setting: `max_connections`, or `extension.name`.
    static func isSetting(_ name: String) -> Bool {
        let parts = name.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count)
            && parts.allSatisfy { part in
                guard let first = part.utf8.first else { return false }
                return (isLowerLetter(first) || first == 0x5F)
                    && part.utf8.allSatisfy { isLowerLetter($0) || isDigit($0) || $0 == 0x5F || $0 == 0x24 }
            }
    }
}
