package import Diagnostics

/// Words of a POSIX shell script.
package enum Shell {
    /// The text in single quotes: nothing in it means anything to the shell.
    package static func quote(_ text: String) -> String {
        if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
        return "'" + escape(text) + "'"
    }

    package static func quote(_ words: some Sequence<String>) -> String {
        words.map(quote).joined(separator: " ")
    }

    /// Content in single quotes; each secret is quoted where it is revealed.
    package static func quote(_ content: Content) -> Content {
        var quoted: Content = "'"
        quoted += content.map(escape)
        quoted.append("'")
        return quoted
    }

    private static func escape(_ text: String) -> String {
        text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "@"), UInt8(ascii: "+"):
            true
        default: false
        }
    }
}
