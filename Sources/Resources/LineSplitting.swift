extension StringProtocol {
    /// The lines between newlines, whatever else ends them: a carriage return stays with its line.
    ///
    /// To Swift a carriage return and a newline are one character, at which `split(separator: "\\n")` does not split.
    var lines: [Substring] {
        String(self).utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Substring($0) }
    }
}
