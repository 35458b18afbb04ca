import Diagnostics
import Hosts

/// What kumki manages on a host, kept there, so that a line deleted from the inventory is noticed.
package struct Record: Resource {
    /// Before the work entries are only added, after it the gone ones are taken out: killed between, nothing is lost.
    package enum Stage: Hashable, Sendable {
        case opening, closing
    }

    package var stage: Stage
    package var cluster: String
    package var entries: [String]

    package init(stage: Stage, cluster: String, entries: [String]) {
        self.stage = stage
        self.cluster = cluster
        self.entries = entries
    }

    package static func path(cluster: String) -> String { "/var/lib/kumki/\(cluster)/record" }

    /// Entries of a record's text: `file /etc/x`, `slot db2`.
    package static func entries(in text: String) -> [String] {
        text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    package var isSmall: Bool { true }
    package var name: String { stage == .opening ? "record" : "record closed" }
    private var path: String { Self.path(cluster: cluster) }

    /// Data directories that the record knows and that are still there, one a line behind their major version.
    package static func recordedServers(cluster: String) -> (name: String, fragment: String) {
        let path = Shell.quote(path(cluster: cluster))
        return (
            "recorded data directories",
            "[ ! -e \(path) ] || while read -r k v; do [ \"$k\" = server ] && [ -e \"$v/PG_VERSION\" ] && read -r m <\"$v/PG_VERSION\" && echo \"$m $v\"; done <\(path); :"
        )
    }

    package var probe: Probe {
        let recorded = Self.recordedServers(cluster: cluster)
        return Probe(contents: [path], commands: [recorded.name: recorded.fragment])
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        let there: [String]
        switch facts.content(path) {
        case .unknown(let reason): return .unknown(reason)
        case .absent: there = []
        case .present(let text): there = Self.entries(in: text)
        }
        let known = Set(there)
        let wanted = Set(entries)
        switch stage {
        case .opening:
            let added = entries.filter { !known.contains($0) }
            if added.isEmpty { return .same }
            let reason = there.isEmpty ? "a host that kumki does not know yet" : "also managed: \(listed(added))"
            return change(there.isEmpty ? .create : .update, reason, there + added)
        case .closing:
            let gone = there.filter { !wanted.contains($0) }
            return gone.isEmpty ? .same : change(.update, "no longer managed: \(listed(gone))", entries)
        }
    }

    private func listed(_ entries: [String]) -> String {
        entries.count > 4
            ? entries.prefix(3).joined(separator: ", ") + " and \(entries.count - 3) more"
            : entries.joined(separator: ", ")
    }

    private func change(_ action: Change.Action, _ reason: String, _ entries: [String]) -> Finding {
        let folder = Shell.quote("/var/lib/kumki/\(cluster)")
        let head = "# What kumki manages on this host for cluster \(cluster). Do not edit.\n"
        let text = head + entries.map { $0 + "\n" }.joined()
        let file = FileWriting(path: path, content: .init(text), mode: "0600", owner: "root", group: "root")
        return .change(
            Change(action, reason, script: Script(.init("install -d -m 0700 /var/lib/kumki \(folder)\n") + file.script))
        )
    }
}
