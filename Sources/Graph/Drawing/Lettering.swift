/// Text as a drawing needs it: about how wide it is, and short enough.
enum Lettering {
    static let longest = 44

    static func shortened(_ text: String) -> String {
        text.count <= longest ? text : text.prefix(longest - 1) + "…"
    }

    /// About the width in a sans-serif font, in pixels; rather too wide than too narrow.
    static func width(_ text: String, size: Double, bold: Bool = false) -> Double {
        let units = text.unicodeScalars.reduce(0.0) { sum, scalar in
            switch scalar {
            case "i", "j", "l", "I", "!", "'", ",", ".", ":", ";", "|": sum + 0.33
            case " ", "f", "r", "t", "(", ")", "[", "]", "/", "-": sum + 0.4
            case "m", "w", "M", "W", "@", "%", "…", "→": sum + 0.98
            case "A"..."Z": sum + 0.75
            case "\u{2E80}"...: sum + 1.05
            default: sum + 0.62
            }
        }
        return units * size * (bold ? 1.08 : 1)
    }
}
