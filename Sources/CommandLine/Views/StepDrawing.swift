import Blueprint
import Diagnostics
import Graph
import Inventory

/// The steps by which a cluster comes to be, without the arrows that a longer way round implies.
struct StepDrawing {
    let blueprint: Blueprint
    let inventory: Inventory

    /// - Throws: `playbook.cycle`.
    func drawing() throws(Diagnostic) -> Drawing {
        let graph: DirectedGraph<String>
        do {
            graph = try blueprint.graph.transitiveReduction()
        } catch {
            throw .error("playbook.cycle", "the steps wait for each other: \(error)")
        }
        let tones: [Drawing.Tone] = [.blue, .green, .violet, .amber, .red, .grey]
        let order = inventory.hosts.map(\.name)
        let nodes = blueprint.steps.map { step in
            Drawing.Node(
                id: step.id, title: String(step.id.dropFirst(step.host.count + 1)), subtitle: step.host,
                tone: tones[(order.firstIndex(of: step.host) ?? 0) % tones.count])
        }
        return Drawing(
            title: "\(inventory.cluster): steps", nodes: nodes,
            edges: graph.edges.map { Drawing.Edge(from: $0.from, to: $0.to) })
    }
}
