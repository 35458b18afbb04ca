import Blueprint
import Graph

/// The order of some of a blueprint's steps, the others being so already.
///
/// On its own host an order is kept through a step that is so already: initdb still comes before the start when the
/// configuration between them is right. Between hosts only what the playbook says counts, or a satisfied step of one
/// host would make the next host wait for what it does not need.
struct StepOrder {
    private let graph: DirectedGraph<String>
    private let hosts: [String: String]

    init(_ blueprint: Blueprint, graph: DirectedGraph<String>) {
        self.graph = graph
        hosts = Dictionary(blueprint.steps.map { ($0.id, $0.host) }) { first, _ in first }
    }

    func among(_ isMeant: (String) -> Bool) -> DirectedGraph<String> {
        let steps = graph.nodes.filter(isMeant)
        let kept = Set(steps)
        var result = DirectedGraph(steps)
        for step in steps {
            for next in graph.successors(of: step) where kept.contains(next) { result.connect(step, to: next) }
            var seen: Set<String> = [step]
            var through = [step]
            while let satisfied = through.popLast() {
                for next in graph.successors(of: satisfied) where hosts[next] == hosts[step] {
                    guard seen.insert(next).inserted else { continue }
                    if kept.contains(next) { result.connect(step, to: next) } else { through.append(next) }
                }
            }
        }
        return result
    }
}
