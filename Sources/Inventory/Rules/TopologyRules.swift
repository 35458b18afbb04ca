import Diagnostics
import YAML

/// Roles, and who follows whom.
extension InventoryRules {
    func roles() -> [Diagnostic] {
        primaries() + presentHosts.flatMap(combination) + presentHosts.flatMap(withoutDatabase)
    }

    private func primaries() -> [Diagnostic] {
        let primaries = presentHosts.filter { $0.roles.contains(.primary) }
        if let first = primaries.first {
            return primaries.dropFirst().map { host in
                .error(
                    "topology.primaries", "\(host.name) is a second primary: the first one is \(first.name)",
                    at: place("hosts.\(host.name).roles"),
                    hint: "make it a standby: the role says only where the cluster is born")
            }
        }
        let leaving = inventory.hosts.first { $0.roles.contains(.primary) }
        let hint =
            leaving.map { "give the role primary to a host that stays: \($0.name) is to leave" }
            ?? "give `roles: [primary]` to the host where the cluster is to be born"
        return [.error("topology.no-primary", "no host has the role primary", at: place("hosts"), hint: hint)]
    }

    private func combination(_ host: InventoryHost) -> [Diagnostic] {
        let place = place("hosts.\(host.name).roles")
        func wrong(_ message: String, _ hint: String) -> [Diagnostic] {
            [.error("topology.roles", "\(host.name) \(message)", at: place, hint: hint)]
        }
        if host.roles.contains(.primary), host.roles.contains(.standby) {
            return wrong(
                "is both primary and standby", "keep one: a primary becomes a standby by itself after a failover")
        }
        if host.roles.contains(.witness), host.isDatabase {
            return wrong(
                "is a witness and holds the database",
                "make another host the witness: one that falls with the database is none")
        }
        if host.roles.contains(.witness), host.roles.contains(.pgpool) {
            return wrong("is both witness and pgpool", "keep one: either has a vote")
        }
        return []
    }

    /// What only a database host can declare.
    private func withoutDatabase(_ host: InventoryHost) -> [Diagnostic] {
        if host.isDatabase { return [] }
        return ["upstream", "replication", "settings", "memory"].compactMap { key in
            let path = "hosts.\(host.name).\(key)"
            guard isWritten(path) else { return nil }
            return .error(
                "topology.not-a-database", "\(host.name) holds no database, so `\(key)` means nothing there",
                at: place(path), hint: "remove it, or give \(host.name) the role standby")
        }
    }

    func upstreams() -> [Diagnostic] {
        inventory.databaseHosts.flatMap(upstream) + cycles() + inventory.databaseHosts.flatMap(cascadedOrDelayed)
    }

    private func upstream(_ host: InventoryHost) -> [Diagnostic] {
        guard let name = host.upstream else { return [] }
        let place = place("hosts.\(host.name).upstream")
        func wrong(_ message: String, _ hint: String) -> [Diagnostic] {
            [.error("topology.upstream", message, at: place, hint: hint)]
        }
        if name == host.name {
            return wrong("\(host.name) cannot follow itself", "leave `upstream` out to follow the primary")
        }
        guard let target = inventory.host(name) else {
            let others = inventory.databaseHosts.map(\.name).filter { $0 != host.name }
            let hint = Suggestion.nearest(to: name, among: others).map { "did you mean \"\($0)\"?" }
            return wrong(
                "\(host.name) follows \(name), which is no host of this inventory",
                hint ?? "name one of \(others.joined(separator: ", ")), or leave it out to follow the primary")
        }
        if !target.isDatabase {
            return wrong(
                "\(host.name) follows \(name), which holds no database",
                "name a database host, or leave it out to follow the primary")
        }
        if target.state == .absent {
            let next = inventory.declaredUpstreams[host.name] ?? "the primary"
            return [
                .warning(
                    "topology.upstream-leaves",
                    "\(host.name) follows \(name), which is to leave: it will follow \(next)",
                    at: place, hint: "change `upstream` before the line of \(name) is deleted")
            ]
        }
        if target.roles.contains(.primary) {
            return [
                .warning(
                    "topology.pinned-upstream",
                    "\(host.name) follows \(name) also when another host is primary, and never becomes primary itself",
                    at: place, hint: "leave `upstream` out to follow whoever is primary")
            ]
        }
        return []
    }

    /// Each ring of declared upstreams once, at the host of it that the file leads to first.
    private func cycles() -> [Diagnostic] {
        let declared = inventory.declaredUpstreams
        var seen: Set<String> = []
        var problems: [Diagnostic] = []
        for host in inventory.databaseHosts where seen.insert(host.name).inserted {
            var path = [host.name]
            while let next = declared[path[path.count - 1]], seen.insert(next).inserted { path.append(next) }
            // A ring has just been closed only if the walk came back to a host of its own.
            guard let closing = declared[path[path.count - 1]], let start = path.firstIndex(of: closing) else {
                continue
            }
            path.removeFirst(start)
            problems.append(
                .error(
                    "topology.cycle", "\((path + [path[0]]).joined(separator: " follows ")): nobody leads",
                    at: place("hosts.\(path[0]).upstream"),
                    hint: "let one of them follow the primary by leaving `upstream` out"))
        }
        return problems
    }

    private func cascadedOrDelayed(_ host: InventoryHost) -> [Diagnostic] {
        let mode = place("hosts.\(host.name).replication.mode", "hosts.\(host.name).replication")
        let delay = place("hosts.\(host.name).replication.apply_delay")
        let isDelayed = (host.replication.applyDelay ?? .zero) > .zero
        var problems: [Diagnostic] = []
        if host.replication.mode == .sync, let upstream = host.upstream {
            problems.append(
                .error(
                    "topology.cascaded-sync",
                    "\(host.name) is sync but follows \(upstream): only a standby of the primary can confirm commits",
                    at: mode, hint: "make \(host.name) async, or let it follow the primary by leaving `upstream` out"))
        }
        if host.replication.mode == .sync, isDelayed {
            problems.append(
                .error(
                    "topology.delayed-sync",
                    "\(host.name) is sync and applies late: a promotion would wait out the delay",
                    at: delay, hint: "make \(host.name) async, or leave `apply_delay` out"))
        } else if isDelayed, host.upstream == nil, host.replication.failover, !host.roles.contains(.primary) {
            problems.append(
                .warning(
                    "topology.delayed-candidate", "\(host.name) applies late and may still be promoted", at: delay,
                    hint: "add `failover: false` beside it"))
        }
        return problems
    }
}
