/// Nodes that wait for each other, so that none of them can come first.
package struct Cycle<Node: Hashable & Sendable>: Error, Hashable, Sendable {
    /// Each node comes before the next, the last before the first; the one that was added first leads.
    package let nodes: [Node]
}

extension Cycle: CustomStringConvertible {
    package var description: String {
        (nodes + nodes.prefix(1)).map { "\($0)" }.joined(separator: " -> ")
    }
}
