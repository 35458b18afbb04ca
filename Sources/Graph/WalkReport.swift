/// How far a walk came; each list in the graph's order of insertion.
package struct WalkReport<Node: Hashable & Sendable>: Hashable, Sendable {
    package var finished: [Node]
    package var failed: [Node]
    package var notStarted: [Node]

    package init(finished: [Node], failed: [Node], notStarted: [Node]) {
        self.finished = finished
        self.failed = failed
        self.notStarted = notStarted
    }

    package var isComplete: Bool { failed.isEmpty && notStarted.isEmpty }
}
