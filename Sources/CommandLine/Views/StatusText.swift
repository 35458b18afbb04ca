import Inventory
import Operations
import PostgreSQL

/// A cluster as it is, for people: a table of its nodes, one of its slots, and what is wrong.
struct StatusText {
    let status: ClusterStatus
    var style = Style.plain
    /// With the timelines that each host went through.
    var isVerbose = false

    /// An inactive slot is worth a word from one WAL segment on.
    private static let worthMentioning = 16 << 20

    var text: String {
        var parts = [heading, nodes]
        if let engine { parts.append(engine) }
        if !status.slots.isEmpty { parts.append(slots) }
        if isVerbose { parts.append(histories) }
        parts.append(notes + problems)
        return parts.joined(separator: "\n")
    }

    private var heading: String {
        let words: String
        if let primary = status.primary {
            words = "\(primary) is primary" + (status.timeline.map { " on timeline \($0)" } ?? "")
        } else {
            words = "no primary"
        }
        return "\(style.paint(status.cluster, .bold))  \(words)\n"
    }

    private var nodes: String {
        let pool = status.engine.backends
        let rows = status.nodes.map { node in
            [
                node.host, state(of: node), node.upstream ?? "", node.timeline.map(String.init) ?? "",
                node.lsn?.description ?? "", node.lagBytes.map { ByteCount(bytes: $0).text } ?? "",
                node.syncState ?? "",
            ] + (pool.isEmpty ? [] : [pool[node.host] ?? ""]) + [node.pendingRestart ? "restart pending" : ""]
        }
        let header =
            ["HOST", "ROLE", "UPSTREAM", "TIMELINE", "LSN", "LAG", "SYNC"] + (pool.isEmpty ? [] : ["POOL"]) + [""]
        return TextTable(header: header, rows: rows, numbers: [3, 5]).text(style)
    }

    /// The watchdog and its leader, and who has the virtual addresses.
    private var engine: String? {
        guard let state = status.engine.state else { return nil }
        var words = "\(status.engine.kind.rawValue): \(state)"
        if let leader = status.engine.leader { words += ", \(leader) is leader" }
        for vip in status.engine.vips {
            let holder = vip.holders.isEmpty ? "nobody" : vip.holders.joined(separator: " and ")
            words += "; \(vip.name) \(vip.address) on \(holder)"
        }
        if let since = status.engine.pausedSince { words += "; paused since \(since)" }
        return words + "\n"
    }

    private func state(of node: ClusterStatus.Node) -> String {
        if node.drainedSince != nil, node.running == false { return "drained" }
        return switch node.running {
        case nil: "unreachable"
        case true?: node.role.rawValue
        case false?: "not running"
        }
    }

    private var slots: String {
        let rows = status.slots.map { slot in
            [
                slot.host, slot.name, slot.active ? "active" : "inactive",
                slot.retainedBytes.map { ByteCount(bytes: $0).text } ?? "", slot.walStatus ?? "",
            ]
        }
        return TextTable(header: ["HOST", "SLOT", "STATE", "RETAINED", "WAL"], rows: rows, numbers: [3]).text(style)
    }

    /// Hosts of one line have the same, as far as each went.
    private var histories: String {
        let rows = status.nodes.map { node -> [String] in
            guard let timeline = node.timeline else { return [node.host, "unknown"] }
            let past = (node.history?.stretches ?? []).compactMap { stretch in
                stretch.end.map { "\(stretch.timeline) until \($0)" }
            }
            return [node.host, (past + ["\(timeline) now"]).joined(separator: ", ")]
        }
        return TextTable(header: ["HOST", "TIMELINES"], rows: rows).text(style)
    }

    /// What is as declared, and still worth knowing.
    private var notes: String {
        (drained + idleSlots + conflicts + status.engine.notes).map {
            "\(style.paint("note:", .yellow)) \($0.visible)\n"
        }.joined()
    }

    private var idleSlots: [String] {
        status.slots.filter { slot in
            !slot.active && slot.retainedBytes ?? 0 >= Self.worthMentioning
                && !status.drained.contains { host in status.slots(of: host).contains(slot) }
        }.map { slot in
            let size = ByteCount(bytes: slot.retainedBytes ?? 0).text
            return "slot \(slot.name) on \(slot.host) is inactive and keeps \(size) of WAL"
        }
    }

    private var conflicts: [String] {
        status.nodes.filter { !$0.conflicts.isEmpty }.map { node in
            let count = node.conflicts.values.reduce(0, +)
            let reasons = node.conflicts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            return
                "\(node.host) cancelled \(count) \(count == 1 ? "query" : "queries") for replay (\(reasons.joined(separator: ", ")))"
        }
    }

    /// What somebody chose, and what it costs.
    private var drained: [String] {
        status.nodes.compactMap { node -> String? in
            guard let since = node.drainedSince else { return nil }
            var words = "\(node.host) is drained since \(since)"
            for slot in status.slots(of: node.host) {
                guard let bytes = slot.retainedBytes else { continue }
                words += "; slot \(slot.name) on \(slot.host) keeps \(ByteCount(bytes: bytes).text) of WAL for it"
            }
            return words
        }
    }

    private var problems: String {
        if status.isHealthy {
            let words = status.drained.isEmpty ? "all is as declared" : "all else is as declared"
            return style.paint("healthy: \(words)", .green) + "\n"
        }
        return status.problems.map { "\(style.paint("problem:", .red)) \($0.visible)\n" }.joined()
    }
}
