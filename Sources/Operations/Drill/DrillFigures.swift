/// What a drill showed, computed from what its loops noted and what the nodes hold afterwards.
package struct DrillFigures: Hashable, Sendable {
    /// The longest time without an acknowledged row that did not end before the fault; times since 1970.
    package var gap: ClosedRange<Duration>
    /// Rows that the client saw acknowledged.
    package var acknowledged: Int
    /// Acknowledged rows that some node of the cluster does not have afterwards.
    package var lost: Int
    /// Pairs of hosts that both took writes at one time.
    package var doublePrimaries: [[String]]

    package var outage: Duration { gap.upperBound - gap.lowerBound }

    /// A host that took two writes within this time was primary in between.
    private static let stride: Duration = .seconds(2)

    /// - Parameters:
    ///   - fault: when the fault began.
    ///   - end: when the client ended.
    ///   - probes: what each host's own server took.
    ///   - rows: the client's rows on each node that could be read.
    package init(
        client: DrillLog, from fault: Duration, until end: Duration, probes: [String: DrillLog],
        rows: [String: Set<Int>]
    ) {
        gap = Self.gap(in: client.answers.map(\.time), from: fault, until: end)
        acknowledged = client.answers.count
        lost = client.answers.count { answer in !rows.values.allSatisfy { $0.contains(answer.row) } }
        if rows.isEmpty { lost = acknowledged }
        doublePrimaries = Self.doublePrimaries(probes.mapValues { $0.answers.map(\.time) })
    }

    /// One that is open in the end counts as it is; without a row before the fault it is counted from the fault itself.
    private static func gap(in times: [Duration], from fault: Duration, until end: Duration) -> ClosedRange<Duration> {
        let first = times.last { $0 <= fault } ?? fault
        var moments = [first] + times.filter { $0 > fault }
        moments.append(max(end, moments.last ?? end))
        var longest = first...first
        for (before, after) in zip(moments, moments.dropFirst())
        where after - before > longest.upperBound - longest.lowerBound {
            longest = before...after
        }
        return longest
    }

    private static func doublePrimaries(_ writes: [String: [Duration]]) -> [[String]] {
        let hosts = writes.keys.sorted()
        var pairs: [[String]] = []
        for (index, one) in hosts.enumerated() {
            for other in hosts[(index + 1)...]
            where overlap(writes[one] ?? [], writes[other] ?? []) || overlap(writes[other] ?? [], writes[one] ?? []) {
                pairs.append([one, other])
            }
        }
        return pairs
    }

    /// Whether a write of one lies between two of the other that belong together.
    private static func overlap(_ writes: [Duration], _ others: [Duration]) -> Bool {
        zip(others, others.dropFirst()).contains { before, after in
            after - before <= stride && writes.contains { before < $0 && $0 < after }
        }
    }
}
