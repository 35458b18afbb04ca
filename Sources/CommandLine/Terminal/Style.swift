/// Colours of a terminal, or none.
struct Style: Sendable {
    enum Ink: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
        case magenta = "35"
        /// White on red: what can't be undone.
        case loud = "1;97;41"
    }

    let usesColor: Bool

    static let plain = Style(usesColor: false)

    func paint(_ text: String, _ ink: Ink) -> String {
        usesColor && !text.isEmpty ? "\u{1B}[\(ink.rawValue)m\(text)\u{1B}[0m" : text
    }
}
