package import PostgreSQL

/// How the data of one host lies to the line of the live primary.
package enum Divergence: Hashable, Sendable {
    /// It can go on as a standby as it is.
    case none
    /// It holds WAL that the primary never had; pg_rewind would take that back.
    case forked(Fork)
    /// What is not seen yet.
    case unknown(String)
    /// Neither: only a new copy helps. The words say why.
    case hopeless(String)

    package struct Fork: Hashable, Sendable {
        /// The last position that both lines have.
        package var point: TimelineHistory.ForkPoint
        /// How much WAL lies behind that point; nil when it could not be counted.
        package var bytes: Int?
    }

    /// What must be read on the host itself and on the primary.
    package static func probe(_ location: ServerLocation) -> Probe {
        Probe(
            commands: [OwnLine.reading: OwnLine.command(location)], server: ServerProbe(location: location))
    }

    /// - Parameters:
    ///   - facts: those of the host, nil where it was not seen.
    ///   - primary: those of the primary, likewise.
    package init(of facts: HostFacts?, from primary: HostFacts?) {
        self = Self.compare(facts, primary)
    }

    private static func compare(_ facts: HostFacts?, _ primary: HostFacts?) -> Divergence {
        guard let facts else { return .unknown("the host can't be seen") }
        guard let primary else { return .unknown("the primary can't be seen") }
        guard let source = Line(primary: primary) else { return .unknown("\(primary.host) does not tell its timeline") }
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .none
        case .present(let server):
            if let marker = server.marker { return .hopeless(marker) }
            guard let identifier = server.systemIdentifier else {
                return .hopeless("its control file can't be read")
            }
            if identifier != primary.server.value?.systemIdentifier {
                return .hopeless("it holds another database cluster (system identifier \(identifier))")
            }
            guard case .present(let text) = facts.command(OwnLine.reading) else {
                return .unknown("its timelines can't be read")
            }
            return compare(server, OwnLine(text), with: source)
        }
    }

    private static func compare(_ server: ServerFacts, _ own: OwnLine, with source: Line) -> Divergence {
        let end: Ending
        switch server.state {
        case .silent(let words): return .unknown("its postmaster runs, but \(words)")
        case .running(let live): end = Ending(live, server.control)
        case .stopped:
            guard let control = server.control else { return .hopeless("its control file can't be read") }
            end = Ending(control, server, lastRecord: own.lastRecord)
        }
        guard let history = own.history(of: end.timeline) else {
            return .hopeless("it is on timeline \(end.timeline) and lacks \(end.timeline.historyFileName)")
        }
        switch history.relation(to: source.history) {
        case .unrelated: return .hopeless("its timelines have nothing in common with those of \(source.host)")
        case .same: return end.onSameTimeline(as: source)
        case .forked(let point):
            // pg_rewind compares numbers, and would see nothing to do.
            if end.timeline == source.history.timeline {
                return .hopeless(
                    "it took the number of timeline \(end.timeline) by a promotion of its own, as \(source.host) did")
            }
            return end.behind(point)
        }
    }

    /// The primary's side of the comparison.
    private struct Line {
        var host: String
        var history: TimelineHistory
        var current: LSN

        init?(primary: HostFacts) {
            guard let live = primary.server.value?.live, !live.inRecovery, let current = live.currentLSN,
                live.timeline > 0, case .present(let text) = primary.command(OwnLine.reading),
                let history = OwnLine(text).history(of: Timeline(UInt32(live.timeline)))
            else { return nil }
            host = primary.host
            self.history = history
            self.current = current
        }
    }

    /// How far the host's own data goes.
    private struct Ending {
        var timeline: Timeline
        /// Where what it has applied ends.
        var applied: LSN
        /// Where what it would still apply by itself ends, or the last record of it begins.
        var held: LSN?
        var isRunning: Bool
        /// Whether it wrote its last WAL itself.
        var isPrimary: Bool

        init(_ live: LiveServer, _ control: ControlData?) {
            isRunning = true
            isPrimary = !live.inRecovery
            let known = Timeline(UInt32(max(1, live.timeline)))
            timeline = isPrimary ? known : max(known, control?.minimumRecoveryTimeline ?? known)
            applied = live.currentLSN ?? live.replayedLSN ?? .none
            held = live.inRecovery ? live.receivedLSN : nil
        }

        init(_ control: ControlData, _ server: ServerFacts, lastRecord: LSN?) {
            isRunning = false
            let isStandby = server.hasStandbySignal || server.recoveryConf != nil
            let replayed = control.minimumRecoveryEnding ?? .none
            switch control.state {
            case .shutDown, .inProduction: isPrimary = true
            default: isPrimary = !isStandby && replayed == .none
            }
            timeline = control.latestKnownTimeline
            applied = control.latestKnown
            let end = control.state == .shutDown ? control.latestCheckpoint : nil
            held = timeline == control.timeline ? lastRecord ?? end : nil
            isFresh = isStandby
        }

        /// A data directory that is marked as a standby's: it may be a copy that never started.
        private var isFresh = false

        func onSameTimeline(as source: Line) -> Divergence {
            if isPrimary, !isFresh {
                return .hopeless(
                    "it was primary on timeline \(timeline) itself, as \(source.host) is: nothing tells their WAL apart"
                )
            }
            // One that runs may have received more since the primary was asked.
            if !isRunning, applied > source.current {
                return .hopeless("it holds WAL up to \(applied), \(source.host) only up to \(source.current)")
            }
            return .none
        }

        func behind(_ point: TimelineHistory.ForkPoint) -> Divergence {
            let isPast = timeline > point.timeline
            let last = max(applied, held ?? .none)
            let fork = Fork(point: point, bytes: max(0, last.distance(from: point.lsn)))
            if isPast { return .forked(fork) }
            if isPrimary {
                // Its clean stop writes a shutdown checkpoint behind whatever is there now.
                if isRunning { return .forked(fork) }
                guard let held else { return .forked(Fork(point: point, bytes: nil)) }
                // A record that begins at the fork is one that the primary does not have.
                return held >= point.lsn ? .forked(fork) : .none
            }
            if applied > point.lsn { return .forked(fork) }
            if let held, isRunning ? held > point.lsn : held >= point.lsn {
                return .hopeless(
                    "it has received WAL up to \(held), past the fork at \(point.lsn), and not replayed it: pg_rewind does not see that"
                )
            }
            return .none
        }
    }
}
