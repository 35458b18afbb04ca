/// What goes around a script on its way to `sh -s`.
///
/// A connection that breaks in the middle of a script must not have the shell run half a line of it, so the script is
/// one compound command, which the shell reads to its closing brace before it runs any of it. A line on standard
/// error says that the shell was reached, which tells the words of sudo or of a login shell from the script's own.
enum Envelope {
    private static let begins = "kumki: begin"

    /// Says that the shell was reached.
    static let announcement = "echo '\(begins)' >&2"

    static func seal(_ script: String) -> [UInt8] {
        Array("\(announcement)\n{ :\n\(script)\n}\n".utf8)
    }

    /// Takes the announcement out of what was printed on standard error.
    ///
    /// - Returns: whether there was one.
    static func open(_ errors: inout [UInt8]) -> Bool {
        let line = Array("\(begins)\n".utf8)
        var start = errors.startIndex
        while errors.count - start >= line.count {
            if errors[start...].starts(with: line) {
                errors.removeSubrange(start..<start + line.count)
                return true
            }
            guard let end = errors[start...].firstIndex(of: UInt8(ascii: "\n")) else { return false }
            start = end + 1
        }
        return false
    }
}
