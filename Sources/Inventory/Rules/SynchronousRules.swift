import Diagnostics
import PostgreSQL

/// Whether commits can be confirmed, under the primary of birth and under every later one.
extension InventoryRules {
    func synchronous() -> [Diagnostic] {
        methodOfVersion() + confirmation() + inventory.databaseHosts.flatMap(priority)
    }

    private var confirmPlace: SourcePlace {
        let firstSync = inventory.databaseHosts.first { $0.replication.mode == .sync }?.name ?? ""
        return place(
            "replication.synchronous.confirm", "replication.synchronous", "hosts.\(firstSync).replication.mode",
            "hosts.\(firstSync).replication", "hosts")
    }

    private func methodOfVersion() -> [Diagnostic] {
        guard inventory.replication.method == .any, inventory.postgresql.version < .v10, versionIsReadable,
            isWritten("replication.synchronous.method")
        else { return [] }
        return [
            .error(
                "topology.any-version", "`method: any` needs PostgreSQL 10: 9.6 knows no quorum",
                at: place("replication.synchronous.method"), hint: "write `method: first`")
        ]
    }

    private func confirmation() -> [Diagnostic] {
        let isReadable = !unreadable.contains { $0.hasPrefix("replication.synchronous") }
        guard isReadable, let born = inventory.bornPrimary else { return [] }
        let confirm = inventory.replication.confirm
        let sync = inventory.synchronousHosts.map(\.name)
        if sync.isEmpty, !isWritten("replication.synchronous") { return [] }

        let standbys = sync.filter { $0 != born.name }
        if standbys.count < confirm {
            let who =
                standbys.isEmpty ? "no host is" : "only \(Self.list(standbys)) \(standbys.count == 1 ? "is" : "are")"
            return [
                .error(
                    "topology.confirm", "\(confirm) must confirm each commit, but \(who) sync under \(born.name)",
                    at: confirmPlace, hint: "lower `confirm`, or give more hosts `replication: sync`")
            ]
        }
        func left(under host: InventoryHost) -> Int { sync.count { $0 != host.name } }
        let candidates = Set(inventory.primaryCandidates.map(\.name))
        let primaries = inventory.databaseHosts.filter { $0.name == born.name || candidates.contains($0.name) }
        let short = primaries.filter { left(under: $0) < confirm }.map(\.name)
        if !short.isEmpty {
            return [
                .error(
                    "topology.confirm-after-failover",
                    "with \(Self.list(short, "or")) as primary, fewer sync standbys are left than the \(confirm) that must confirm: commits would hang",
                    at: confirmPlace,
                    hint:
                        "make one more host sync (\(born.name) too counts once it is a standby), lower `confirm`, or set `failover: false` on \(Self.list(short))"
                )
            ]
        }
        let tight = primaries.filter { left(under: $0) == confirm }.map(\.name)
        if tight.isEmpty { return [] }
        return [
            .warning(
                "topology.confirm-tight",
                "with \(Self.list(tight, "or")) as primary, just as many sync standbys are left as must confirm (\(confirm)): losing one stops all writes",
                at: confirmPlace, hint: "make one more host sync, unless stopping is what you want")
        ]
    }

    private func priority(_ host: InventoryHost) -> [Diagnostic] {
        let path = "hosts.\(host.name).replication.priority"
        guard isWritten(path) else { return [] }
        let message: String
        if inventory.replicationMode(of: host) == .async {
            message = "\(host.name) is async, so its priority means nothing"
        } else if inventory.replication.method == .any {
            message = "with `method: any` all sync standbys are equal, so the priority of \(host.name) means nothing"
        } else {
            return []
        }
        return [
            .warning(
                "topology.priority", message, at: place(path), hint: "remove it, or use `method: first` and sync hosts")
        ]
    }
}
