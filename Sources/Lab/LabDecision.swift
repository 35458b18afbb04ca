package import Diagnostics

/// What `up` does with the containers that are already there.
package enum LabDecision: Hashable, Sendable {
    /// Runs and is as it should be.
    case keep(LabContainer)
    /// Is as it should be, but stands still.
    case start(LabContainer, paused: Bool)
    case create(LabContainer)
    /// Has another address or image than it should, as `reason` says.
    case replace(LabContainer, reason: String)
    /// Stands in for a host that the inventory no longer has.
    case remove(name: String)

    /// The container that is to run in the end; nil for one that is to go.
    package var container: LabContainer? {
        switch self {
        case .keep(let container), .start(let container, _), .create(let container), .replace(let container, _):
            container
        case .remove: nil
        }
    }

    /// Compares the wanted containers with those that carry the cluster's label; removals come first, since what
    /// leaves may hold an address that is wanted.
    ///
    /// - Throws: `Diagnostic` `lab.taken` when the cluster's lab belongs to another inventory.
    package static func decide(
        _ topology: LabTopology, existing: [LabContainerState]
    ) throws(Diagnostic) -> [LabDecision] {
        if let other = existing.first(where: { $0.inventory != topology.inventory }) {
            throw .error(
                "lab.taken", "a lab called \(topology.cluster) already runs for \(other.inventory)",
                hint: "take it down (kumki lab down \(other.inventory)) or give this cluster another name")
        }
        let wanted = Set(topology.containers.map(\.name))
        let removals = existing.map(\.name).filter { !wanted.contains($0) }.map(LabDecision.remove)
        return removals
            + topology.containers.map { container in
                guard let state = existing.first(where: { $0.name == container.name }) else {
                    return .create(container)
                }
                if state.shape != container.shape { return .replace(container, reason: "it was \(state.shape)") }
                return switch state.condition {
                case .running: .keep(container)
                case .paused: .start(container, paused: true)
                case .stopped: .start(container, paused: false)
                }
            }
    }
}
