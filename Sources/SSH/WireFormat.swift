/// Reads what SSH puts on the wire: big-endian numbers, and strings behind their length.
///
/// - Source: RFC 4251, section 5.
struct WireReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Sequence<UInt8>) {
        rest = Array(bytes)[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() -> UInt8? {
        rest.popFirst()
    }

    mutating func number() -> Int? {
        if rest.count < 4 { return nil }
        defer { rest = rest.dropFirst(4) }
        return rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }

    mutating func string() -> ArraySlice<UInt8>? {
        var ahead = self
        guard let length = ahead.number(), length <= ahead.rest.count else { return nil }
        defer { rest = ahead.rest.dropFirst(length) }
        return ahead.rest.prefix(length)
    }
}

/// Writes what ``WireReader`` reads.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) {
        bytes.append(value)
    }

    mutating func number(_ value: Int) {
        withUnsafeBytes(of: UInt32(value).bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func string(_ value: some Collection<UInt8>) {
        number(value.count)
        bytes.append(contentsOf: value)
    }
}
