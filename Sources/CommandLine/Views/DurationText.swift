extension Duration {
    /// For people: `0.3 s`, `41 s`, `2 min 5 s`.
    var text: String {
        let tenths = (components.seconds * 10) + components.attoseconds / 100_000_000_000_000_000
        if tenths < 100 { return "\(tenths / 10).\(tenths % 10) s" }
        let seconds = components.seconds
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }

    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
