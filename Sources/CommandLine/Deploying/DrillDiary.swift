import Applying
import Operations
import Planning
import Synchronization

/// What happens in a drill, told as it happens and kept for the timeline.
final class DrillDiary: Sendable {
    private let written = Mutex<[DrillResult.Event]>([])
    private let say: Listener

    /// Told of an event and of the time since the first one.
    typealias Listener = @Sendable (DrillResult.Event, _ since: Duration) -> Void

    init(say: @escaping Listener) {
        self.say = say
    }

    var events: [DrillResult.Event] { written.withLock { $0 } }

    func note(_ words: String) {
        let event = DrillResult.Event(time: .sinceEpoch, words: words)
        let first = written.withLock { events in
            events.append(event)
            return events[0]
        }
        say(event, event.time - first.time)
    }

    /// Of a failover or a rejoin only the moment counts when another host takes writes.
    func note(_ event: DeploymentEvent) {
        if case .step(.finished(let planned, _)) = event, planned.step == "promote" {
            note("\(planned.host) is promoted")
        }
    }
}
