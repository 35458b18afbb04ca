/// An IPv4 or IPv6 address.
///
/// - Source: RFC 4291, section 2.2 (text of IPv6 addresses); IPv4 as four decimal numbers without leading zeros.
package struct NetworkAddress: Hashable, Sendable {
    /// 4 or 16 bytes, the first one first.
    package let bytes: [UInt8]

    package var isIPv6: Bool { bytes.count == 16 }

    /// Bits: 32 or 128.
    package var width: Int { bytes.count * 8 }

    /// Whether both have the same first `prefix` bits.
    package func matches(_ other: NetworkAddress, prefix: Int) -> Bool {
        guard width == other.width else { return false }
        return zip(bytes, other.bytes).enumerated().allSatisfy { index, pair in
            let bits = min(8, max(0, prefix - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            return pair.0 & mask == pair.1 & mask
        }
    }

    /// Whether the bits after the first `prefix` are all zero, as those of a network are.
    package func isNetwork(prefix: Int) -> Bool {
        bytes.enumerated().allSatisfy { index, byte in
            let bits = min(8, max(0, prefix - index * 8))
            return byte & ~UInt8(truncatingIfNeeded: 0xFF00 >> bits) == 0
        }
    }
}

extension NetworkAddress: LosslessStringConvertible {
    package init?(_ text: String) {
        guard let bytes = text.contains(":") ? Self.ipv6(text) : Self.ipv4(text[...]) else { return nil }
        self.bytes = bytes
    }

    /// IPv6 in eight groups, the longest run of zeros shortened.
    package var description: String {
        guard isIPv6 else { return bytes.map { String($0) }.joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        var best = 0..<0
        var start = 0
        while start < 8 {
            let end = groups[start...].firstIndex { $0 != 0 } ?? 8
            if end - start > max(1, best.count) { best = start..<end }
            start = max(end, start + 1)
        }
        func text(_ range: Range<Int>) -> String {
            groups[range].map { String($0, radix: 16) }.joined(separator: ":")
        }
        return best.isEmpty ? text(0..<8) : "\(text(0..<best.lowerBound))::\(text(best.upperBound..<8))"
    }

    private static func ipv4(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let bytes = parts.compactMap { part -> UInt8? in
            guard part.utf8.allSatisfy(ASCII.isDigit), part.utf8.count == 1 || !part.hasPrefix("0") else { return nil }
            return UInt8(part)
        }
        return bytes.count == 4 ? bytes : nil
    }

    private static func ipv6(_ text: String) -> [UInt8]? {
        let halves = split(text)
        guard halves.count <= 2, let head = groups(halves[0], isLast: halves.count == 1) else { return nil }
        if halves.count == 1 { return head.count == 16 ? head : nil }
        guard let tail = groups(halves[1], isLast: true), head.count + tail.count <= 14 else { return nil }
        return head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// At `::`, which may stand once.
    private static func split(_ text: String) -> [Substring] {
        var halves: [Substring] = []
        var rest = text[...]
        while let mark = rest.indices.first(where: { rest[$0...].hasPrefix("::") }) {
            halves.append(rest[..<mark])
            rest = rest[rest.index(mark, offsetBy: 2)...]
        }
        return halves + [rest]
    }

    private static func groups(_ text: Substring, isLast: Bool) -> [UInt8]? {
        if text.isEmpty { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if isLast, index == parts.count - 1, part.contains(".") {
                guard let ipv4 = ipv4(part) else { return nil }
                bytes += ipv4
            } else {
                guard part.utf8.count <= 4, let group = HexDigits.value(part) else { return nil }
                bytes += [UInt8(truncatingIfNeeded: group >> 8), UInt8(truncatingIfNeeded: group)]
            }
        }
        return bytes
    }
}
