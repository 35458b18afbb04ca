import Glibc

/// Asks the person at the terminal; the words go to standard error, so that they are seen wherever the output goes.
struct Question: Sendable {
    let style: Style

    /// Whether somebody is there to answer.
    static var canBeAsked: Bool { isatty(STDIN_FILENO) == 1 }

    /// Anything but yes is no.
    func isAffirmed(_ words: String) async -> Bool {
        let answer = await text(style.paint("\(words) [y/N] ", .bold))
        return ["y", "yes"].contains(answer?.lowercased() ?? "")
    }

    /// The answer without the spaces around it; nil at the end of the input.
    func text(_ words: String) async -> String? {
        TextStream.errors.write(words)
        let line = await BlockingThread.value { readLine() }
        guard let line else { return nil }
        let start = line.drop { $0 == " " || $0 == "\t" }
        return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
