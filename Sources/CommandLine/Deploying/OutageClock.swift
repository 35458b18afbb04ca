import Applying
import Planning
import Synchronization

/// For how long nobody could write while the primary changed: from the stop's beginning until the new primary takes
/// writes, and confirms them where standbys must.
final class OutageClock: Sendable {
    private let times = Mutex<(begin: ContinuousClock.Instant?, end: ContinuousClock.Instant?)>((nil, nil))

    func note(_ event: RunEvent) {
        times.withLock { times in
            switch event {
            case .started(let planned) where planned.step == "stop": times.begin = times.begin ?? .now
            case .finished(let planned, _) where ["promote", "confirmed"].contains(planned.step): times.end = .now
            case .satisfied(let planned) where ["promote", "confirmed"].contains(planned.step): times.end = .now
            default: break
            }
        }
    }

    /// Nil where nothing was interrupted, or it has not ended.
    var outage: Duration? {
        times.withLock { times in times.begin.flatMap { begin in times.end.map { $0 - begin } } }
    }
}
