import Graph
import Planning
import Resources

/// Small steps of one host that can go to it in one script: each waits for nothing that the first does not wait for.
///
/// A first deploy has dozens of files and accounts a host; a round trip for each would cost more than the work.
struct StepBatches {
    private(set) var batches: [[PlannedChange]] = []
    /// Over the batches' indices.
    private(set) var graph = DirectedGraph<Int>()

    init(_ changes: [PlannedChange]) {
        var steps = DirectedGraph<String>()
        let ids = Set(changes.map(\.id))
        for planned in changes { steps.insert(planned.id) }
        for planned in changes {
            for before in planned.after where ids.contains(before) { steps.connect(before, to: planned.id) }
        }
        var batchOf: [String: Int] = [:]
        var open: [String: Int] = [:]
        /// What a batch waits for, all the way up.
        var above: [Set<String>] = []
        for planned in changes {
            let before = Set(steps.predecessors(of: planned.id))
            if planned.resource.isSmall, let batch = open[planned.host],
                before.allSatisfy({ above[batch].contains($0) || batchOf[$0] == batch })
            {
                batches[batch].append(planned)
                batchOf[planned.id] = batch
                continue
            }
            let batch = batches.count
            batches.append([planned])
            above.append(steps.ancestors(of: planned.id))
            batchOf[planned.id] = batch
            if planned.resource.isSmall { open[planned.host] = batch }
            graph.insert(batch)
        }
        for planned in changes {
            guard let batch = batchOf[planned.id] else { continue }
            for before in steps.predecessors(of: planned.id).compactMap({ batchOf[$0] }) where before != batch {
                graph.connect(before, to: batch)
            }
        }
    }
}
