package import Diagnostics

/// The timelines that a server went through, from the first to its own, and where each one ended.
///
/// The text of `pg_wal/0000000N.history`; a server on timeline 1 has no such file.
/// - Source: PostgreSQL documentation, "Continuous Archiving", "Timelines": each line is the parent timeline, the
///   position of the switch and the reason, separated by tabs.
package struct TimelineHistory: Hashable, Sendable {
    /// A stretch of the log that was written on one timeline.
    package struct Stretch: Hashable, Sendable {
        package var timeline: Timeline
        /// Where it began; `0/0` for the first.
        package var begin: LSN
        /// Where the next timeline branched off; nil for the last one, which is still being written.
        package var end: LSN?
    }

    /// The last position that two histories have in common, and its timeline.
    package struct ForkPoint: Hashable, Sendable {
        package var timeline: Timeline
        package var lsn: LSN

        package init(timeline: Timeline, lsn: LSN) {
            self.timeline = timeline
            self.lsn = lsn
        }
    }

    /// How two histories lie to each other.
    package enum Relation: Hashable, Sendable {
        case same
        case forked(ForkPoint)
        /// Not even their first timeline is the same.
        case unrelated
    }

    /// Never empty, in the order of time.
    package let stretches: [Stretch]

    /// The timeline that is written now.
    package let timeline: Timeline

    /// A server that was never promoted.
    package static let initial = TimelineHistory(timeline: .first)

    /// A history whose only known stretch is the timeline itself, as timeline 1 has it.
    package init(timeline: Timeline) {
        self.timeline = timeline
        stretches = [Stretch(timeline: timeline, begin: .none, end: nil)]
    }

    /// Reads the text of a `.history` file.
    ///
    /// - Throws: `Diagnostic` `timeline.history` when a line is not a timeline and a position, or when timelines or
    ///   positions do not rise.
    package init(timeline: Timeline, parsing text: String) throws(Diagnostic) {
        var stretches: [Stretch] = []
        var begin = LSN.none
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: { $0.isNewline }).enumerated()
        {
            func malformed(_ what: String) -> Diagnostic {
                .error(
                    "timeline.history", "line \(index + 1) of \(timeline.historyFileName): \(what)",
                    hint: "take the file from another server of the cluster or from the archive")
            }
            let fields = line.split(whereSeparator: { $0.isWhitespace })
            guard let first = fields.first, !first.hasPrefix("#") else { continue }
            guard let parent = Timeline(String(first)), fields.count > 1, let end = LSN(fields[1]) else {
                throw malformed("expected a timeline and a position such as 0/5000060")
            }
            if let last = stretches.last, parent <= last.timeline { throw malformed("timelines must rise") }
            if parent >= timeline { throw malformed("timeline \(parent) is not before timeline \(timeline)") }
            if end < begin { throw malformed("position \(end) is before \(begin)") }
            stretches.append(Stretch(timeline: parent, begin: begin, end: end))
            begin = end
        }
        stretches.append(Stretch(timeline: timeline, begin: begin, end: nil))
        self.stretches = stretches
        self.timeline = timeline
    }

    /// Whether the log of this history holds the position: it passed through that timeline and left it no earlier.
    ///
    /// A position before the beginning of its timeline is held too: the first segment of a timeline repeats the end
    /// of its parent, and a standby reports that segment's start.
    package func contains(_ timeline: Timeline, _ lsn: LSN) -> Bool {
        guard let stretch = stretches.first(where: { $0.timeline == timeline }) else { return false }
        return stretch.end.map { lsn <= $0 } ?? true
    }

    /// Compares two histories as `pg_rewind` does.
    ///
    /// Two promotions at the very same position that took the same number look the same to it, and to PostgreSQL.
    package func relation(to other: TimelineHistory) -> Relation {
        let common = zip(stretches, other.stretches).prefix {
            $0.timeline == $1.timeline && $0.begin == $1.begin
        }
        guard let last = common.last else { return .unrelated }
        switch (last.0.end, last.1.end) {
        case (nil, nil): return .same
        case (let end?, nil), (nil, let end?): return .forked(ForkPoint(timeline: last.0.timeline, lsn: end))
        case (let mine?, let theirs?):
            return .forked(ForkPoint(timeline: last.0.timeline, lsn: min(mine, theirs)))
        }
    }

    /// Where the two histories part; nil when they don't, and when they never were one (see ``relation(to:)``).
    package func forkPoint(with other: TimelineHistory) -> ForkPoint? {
        if case .forked(let point) = relation(to: other) { point } else { nil }
    }
}
