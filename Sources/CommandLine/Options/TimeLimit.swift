import ArgumentParser
import Inventory

/// A time with its unit, as in the inventory: `30s`, `2min`.
struct TimeLimit: ExpressibleByArgument, Sendable {
    var duration: Duration

    /// How long a clean stop of the primary may take, where nothing else is said.
    static let cleanStop = TimeLimit(.seconds(30))

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        guard let duration = Duration(postgresText: argument), duration >= .seconds(1) else { return nil }
        self.init(duration)
    }

    var defaultValueDescription: String { "\(duration.components.seconds)s" }
}
