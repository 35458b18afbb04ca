/// How far a server is, on the line that it is on.
package struct WALPosition: Hashable, Sendable {
    package var history: TimelineHistory
    package var lsn: LSN

    package init(history: TimelineHistory, lsn: LSN) {
        self.history = history
        self.lsn = lsn
    }

    package var timeline: Timeline { history.timeline }

    /// Whether one of the two can catch up with the other by replaying its log.
    ///
    /// That needs histories that agree, and the one on the older timeline must not have passed the fork.
    package func isOnOneLine(with other: WALPosition) -> Bool {
        canFollow(other) || other.canFollow(self)
    }

    /// Whether a standby at this position can stream from a server at the other one.
    ///
    /// On one and the same timeline that says nothing of who is ahead: compare ``lsn``.
    package func canFollow(_ upstream: WALPosition) -> Bool {
        switch history.relation(to: upstream.history) {
        case .same: true
        case .forked(let fork): fork.timeline == timeline && lsn <= fork.lsn
        case .unrelated: false
        }
    }
}
