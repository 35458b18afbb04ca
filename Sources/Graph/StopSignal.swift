import Synchronization

/// Asks a walk from outside to finish what runs and to start nothing new.
package final class StopSignal: Sendable {
    private let requested = Atomic(false)

    package init() {}

    package func request() { requested.store(true, ordering: .releasing) }

    package var isRequested: Bool { requested.load(ordering: .acquiring) }
}
