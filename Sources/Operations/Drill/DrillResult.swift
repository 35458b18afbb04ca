/// One drill, as it went.
package struct DrillResult: Hashable, Sendable {
    /// Something that happened, for the timeline.
    package struct Event: Hashable, Sendable {
        /// Since 1970.
        package var time: Duration
        /// `db2 is promoted`
        package var words: String

        package init(time: Duration, words: String) {
            self.time = time
            self.words = words
        }
    }

    package var cast: DrillCast
    /// When the fault began, since 1970.
    package var began: Duration
    /// In their order; the fault is among them.
    package var events: [Event]
    package var client: DrillLog
    /// What each host's own server took, by host.
    package var probes: [String: DrillLog]
    package var figures: DrillFigures
    /// Whether every host is in its place again, and the cluster does what the inventory says.
    package var rejoined: Bool
    /// Whether commits wait for a standby: then none may be lost.
    package var isSynchronous: Bool
    /// What did not go as it should, a sentence each.
    package var troubles: [String]

    package init(
        cast: DrillCast, began: Duration, events: [Event], client: DrillLog, probes: [String: DrillLog],
        figures: DrillFigures, rejoined: Bool, isSynchronous: Bool, troubles: [String] = []
    ) {
        self.cast = cast
        self.began = began
        self.events = events
        self.client = client
        self.probes = probes
        self.figures = figures
        self.rejoined = rejoined
        self.isSynchronous = isSynchronous
        self.troubles = troubles
    }

    package var isDoublePrimary: Bool { !figures.doublePrimaries.isEmpty }

    /// What makes it a failure, a sentence each.
    ///
    /// Rows that an asynchronous cluster loses are told and are none: its inventory allows them.
    package var problems: [String] {
        let lost = figures.lost > 0 && isSynchronous ? ["\(figures.lost) acknowledged rows are lost"] : []
        let doubles = figures.doublePrimaries.map { "\($0.joined(separator: " and ")) took writes at one time" }
        return lost + doubles + troubles
    }

    package var passed: Bool { rejoined && problems.isEmpty }
}
