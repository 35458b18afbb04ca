/// An IPv4 or IPv6 address, so that two spellings of one address compare equal.
///
/// - Source: RFC 4291, section 2.2; IPv4 only as four decimal numbers without leading zeros.
package struct IPAddress: Hashable, Sendable {
    /// 4 or 16, most significant first.
    package let bytes: [UInt8]

    package init?(_ text: String) {
        if let bytes = Self.version4(text[...]) ?? Self.version6(text) {
            self.bytes = bytes
        } else {
            return nil
        }
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var isVersion6: Bool { bytes.count == 16 }

    /// The address with all bits after the first `length` cleared.
    package func network(_ length: Int) -> IPAddress {
        var masked = bytes
        for index in masked.indices {
            let kept = min(8, max(0, length - index * 8))
            masked[index] &= UInt8(truncatingIfNeeded: 0xFF00 >> kept)
        }
        return IPAddress(bytes: masked)
    }

    private static func version4(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                part == "0" || part.first != "0", let byte = UInt8(part)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func version6(_ text: String) -> [UInt8]? {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        if halves.count == 1 {
            guard let bytes = groups(halves[0]), bytes.count == 16 else { return nil }
            return bytes
        }
        guard halves.count == 2, let front = groups(halves[0], mayEmbed: false), let back = groups(halves[1]),
            front.count + back.count <= 14
        else { return nil }
        return front + [UInt8](repeating: 0, count: 16 - front.count - back.count) + back
    }

    /// Groups of hexadecimal digits between colons; the last may be an IPv4 address.
    private static func groups(_ text: Substring, mayEmbed: Bool = true) -> [UInt8]? {
        if text.isEmpty { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEmbed, index == parts.count - 1, let embedded = version4(part) {
                bytes += embedded
                continue
            }
            guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit), part.allSatisfy(\.isASCII),
                let group = UInt16(part, radix: 16)
            else { return nil }
            bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
        }
        return bytes
    }
}
