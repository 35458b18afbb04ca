/// When each step of a script began, read from the lines that it printed.
struct StepTimes {
    private var begun: [Int: Double] = [:]
    private var end: Double?

    init(_ output: String) {
        for line in output.split(separator: "\n") where line.hasPrefix(StepScript.mark) {
            let words = line.dropFirst(StepScript.mark.count).split(separator: " ")
            guard words.count == 2, let uptime = Double(words[1]) else { continue }
            if words[0] == "end" { end = uptime } else if let index = Int(words[0]) { begun[index] = uptime }
        }
    }

    var lastBegun: Int? { begun.keys.max() }

    /// Nil when the step did not end.
    func duration(of index: Int) -> Duration? {
        guard let start = begun[index], let end = begun[index + 1] ?? end else { return nil }
        return .milliseconds(Int((end - start) * 1000))
    }
}
