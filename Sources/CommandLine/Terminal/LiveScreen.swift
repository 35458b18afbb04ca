import Glibc
import Synchronization

/// A terminal's screen that shows one text after the other in the same place, without flicker.
///
/// It is the terminal's second screen: when it is left, everything is as it was before.
final class LiveScreen: Sendable {
    private let stream: TextStream
    private let isOpen = Mutex(false)

    init(stream: TextStream = .output) {
        self.stream = stream
    }

    /// Draws over what is there: no cell is cleared that is written again.
    func show(_ text: String) {
        let frame = Self.frame(of: text, columns: stream.width, rows: stream.height)
        isOpen.withLock { isOpen in
            let opening = isOpen ? "" : "\u{1B}[?1049h\u{1B}[?25l"
            isOpen = true
            stream.write(opening + frame)
        }
    }

    /// Gives the terminal back. Nothing is shown after the words.
    ///
    /// - Parameter words: what is left on the terminal.
    func leave(with words: String) -> Never {
        isOpen.withLock { isOpen in
            stream.write((isOpen ? "\u{1B}[?25h\u{1B}[?1049l" : "") + words)
            // The lock is kept: a frame that comes late would spoil the terminal.
            _exit(0)
        }
    }

    /// As much of the text as the screen holds: a line that wrapped, or a screen that scrolled, would shift the rest.
    ///
    /// The last column stays free: there a terminal erases the character that it has just written.
    static func frame(of text: String, columns: Int, rows: Int) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        let shown = lines.prefix(rows).map { cut($0, to: columns - 1) + "\u{1B}[0m\u{1B}[K" }
        return "\u{1B}[H" + shown.joined(separator: "\r\n") + "\u{1B}[J"
    }

    /// Colours take no room.
    private static func cut(_ line: Substring, to columns: Int) -> String {
        var result = ""
        var width = 0
        var isEscape = false
        for character in line {
            if character == "\u{1B}" { isEscape = true }
            if !isEscape {
                if width == columns { break }
                width += 1
            }
            result.append(character)
            if isEscape, character.isLetter { isEscape = false }
        }
        return result
    }
}
