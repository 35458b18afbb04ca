/// What goes around a script on its way to `sh -s`.
///
/// A connection that breaks in the middle of a script must not have the shell run half a line of it, so the script is
/// one compound command, which the shell reads to its closing bracket before it runs any of it. A line on standard
/// error says that the shell was reached, which tells the words of sudo or of a login shell from the script's own.
/// Another says that the script has ended: libssh2 reports status 0 when sshd closes a channel without any.
enum Envelope {
    private static let begin = "kumki: begin"
    private static let end = "kumki: end"

    static func seal(_ script: String) -> [UInt8] {
        Array("echo '\(begin)' >&2\n( :\n\(script)\n)\nkumki=$?; echo '\(end)' >&2; exit \"$kumki\"\n".utf8)
    }

    /// A short command for `sh -c`, whose standard input stays its own.
    static func seal(command: String) -> String {
        "echo '\(begin)' >&2; \(command) || exit; echo '\(end)' >&2"
    }

    /// Takes both lines out of what was printed on standard error, and says which were there.
    static func open(_ errors: inout [UInt8]) -> (begun: Bool, ended: Bool) {
        // The end may follow a line that the script left unfinished.
        let ended = remove(
            end, from: &errors,
            at: { bytes, line in
                stride(from: bytes.count - line.count, through: 0, by: -1).first { bytes[$0...].starts(with: line) }
            })
        let begun = remove(
            begin, from: &errors,
            at: { bytes, line in
                bytes.indices.first { start in
                    (start == 0 || bytes[start - 1] == UInt8(ascii: "\n")) && bytes[start...].starts(with: line)
                }
            })
        return (begun, ended)
    }

    private static func remove(
        _ text: String, from bytes: inout [UInt8], at place: ([UInt8], [UInt8]) -> Int?
    ) -> Bool {
        let line = Array("\(text)\n".utf8)
        guard let start = place(bytes, line) else { return false }
        bytes.removeSubrange(start..<start + line.count)
        return true
    }
}
