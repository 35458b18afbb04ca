extension DirectedGraph {
    /// Calls `body` for every node after all that it waits for, several at a time.
    ///
    /// Of the nodes whose turn it is, the one that was added first starts first. Nothing new starts once a body
    /// returned false, `stop` was requested or the task was cancelled; what runs is always waited for. A node on a
    /// cycle, or behind one, never starts.
    /// - Parameters:
    ///   - limit: how many bodies run at once, at least 1.
    ///   - lane: nodes of the same lane, a host's for example, run one at a time.
    ///   - body: the work; false says that it failed.
    package func walk<Lane: Hashable>(
        limit: Int, lane: (Node) -> Lane, stop: StopSignal = StopSignal(),
        body: @escaping @Sendable (Node) async -> Bool
    ) async -> WalkReport<Node> {
        let lanes = nodes.map(lane)
        var missing = preceding.map(\.count)
        var ready = nodes.indices.filter { missing[$0] == 0 }
        var busy: Set<Lane> = []
        var running = 0
        var started: Set<Int> = []
        var outcome: [Int: Bool] = [:]
        var goesOn = true

        await withTaskGroup(of: (index: Int, succeeded: Bool).self) { group in
            func startWhatCan() {
                var waiting: [Int] = []
                for index in ready {
                    guard running < max(1, limit), goesOn, !stop.isRequested, !Task.isCancelled,
                        busy.insert(lanes[index]).inserted
                    else {
                        waiting.append(index)
                        continue
                    }
                    running += 1
                    started.insert(index)
                    let node = nodes[index]
                    group.addTask { (index, await body(node)) }
                }
                ready = waiting
            }

            startWhatCan()
            while let (index, succeeded) = await group.next() {
                running -= 1
                busy.remove(lanes[index])
                outcome[index] = succeeded
                goesOn = goesOn && succeeded
                if succeeded {
                    for next in following[index] {
                        missing[next] -= 1
                        if missing[next] == 0 { ready.append(next) }
                    }
                    ready.sort()
                }
                startWhatCan()
            }
        }

        func all(_ isMeant: (Int) -> Bool) -> [Node] { nodes.indices.filter(isMeant).map { nodes[$0] } }
        return WalkReport(
            finished: all { outcome[$0] == true }, failed: all { outcome[$0] == false },
            notStarted: all { !started.contains($0) })
    }
}
