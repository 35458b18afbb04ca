/// What a loop of a drill noted on its host: when it was answered, and to which row.
package struct DrillLog: Hashable, Sendable {
    package struct Answer: Hashable, Sendable {
        /// Since 1970, by the clock of the machine where kumki runs.
        package var time: Duration
        package var row: Int

        package init(time: Duration, row: Int) {
            self.time = time
            self.row = row
        }
    }

    /// In the order of their times.
    package var answers: [Answer]

    package init(answers: [Answer] = []) {
        self.answers = answers
    }

    /// Reads lines `1795300671.025692 17`; a line that is cut is none.
    ///
    /// - Parameter clock: how far the host's clock is ahead of this machine's.
    package init(parsing text: String, clock: Duration = .zero) {
        answers = text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2, let time = Duration(epoch: words[0]), let row = Int(words[1]) else { return nil }
            return Answer(time: time - clock, row: row)
        }.sorted { $0.time < $1.time }
    }
}

extension Duration {
    /// Seconds since 1970 with six decimals, as bash's EPOCHREALTIME has them, or with nine, as date's `%s.%N`.
    package init?(epoch text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let seconds = Int64(parts[0]), let fraction = Int64(parts[1]), fraction >= 0 else {
            return nil
        }
        switch parts[1].count {
        case 6: self = .seconds(seconds) + .microseconds(fraction)
        case 9: self = .seconds(seconds) + .nanoseconds(fraction)
        default: return nil
        }
    }
}
