/// The same numbers in every run, so that what fails once fails again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Strings that quoting rules get wrong.
enum NastyString {
    static let pieces = [
        "'", "''", "\"", "\"\"", "\\", "\\\\", "\\'", "\\n", "\\101", " ", "  ", "\t", "#", ",", ";", ":", "=", "@",
        "+", "/", "-",
        ".", "$", "%", "*", "(", ")", "{", "}", "[", "]", "~", "`", "a", "b", "Z", "7", "_", "all", "replication",
        "sameuser", "on",
        "64MB", "1e5", "0x1F", "é", "e\u{301}", "'\u{301}", "ß", "日本", "😀", "\u{AD}", "\u{A0}", "\u{7F}", "\u{1}", "$$",
        "E'", "--", "/*",
    ]

    static func make(_ generator: inout SeededGenerator, longest: Int = 8, lineEnds: Bool = false) -> String {
        let pieces = pieces + (lineEnds ? ["\n", "\r", "\r\n"] : [])
        return (0..<Int.random(in: 1...longest, using: &generator))
            .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
    }

    static func list(count: Int, seed: UInt64, longest: Int = 8, lineEnds: Bool = false) -> [String] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in make(&generator, longest: longest, lineEnds: lineEnds) }
    }
}

extension String {
    /// UTF-8 as hexadecimal, as `encode(convert_to(x, 'UTF8'), 'hex')` gives it.
    var hexadecimal: String {
        utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
