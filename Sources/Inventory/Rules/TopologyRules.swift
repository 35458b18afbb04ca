import Diagnostics

extension InventoryRules {
    func topology() -> [Diagnostic] {
        primaries() + upstreams() + cascadedSync()
    }

    private func primaries() -> [Diagnostic] {
        let primaries = inventory.hosts.filter { $0.state == .present && $0.roles.contains(.primary) }
        if primaries.isEmpty {
            return [
                .error(
                    "topology.no-primary", "no host has the role primary", at: place("hosts"),
                    hint: "give `roles: [primary]` to the host where the cluster is to be born")
            ]
        }
        return primaries.dropFirst().map { host in
            .error(
                "topology.primaries", "\(host.name) is a second primary: the first one is \(primaries[0].name)",
                at: place("hosts.\(host.name).roles"),
                hint: "make it a standby: the role says only where the cluster is born")
        }
    }

    private func upstreams() -> [Diagnostic] { [] }

    private func cascadedSync() -> [Diagnostic] {
        inventory.databaseHosts.compactMap { host in
            guard host.replication.mode == .sync, let upstream = host.upstream else { return nil }
            return .error(
                "topology.cascaded-sync",
                "\(host.name) is sync but follows \(upstream): only a standby of the primary can confirm commits",
                at: place("hosts.\(host.name).replication.mode", "hosts.\(host.name).replication"),
                hint: "make \(host.name) async, or let it follow the primary by leaving `upstream` out")
        }
    }
}
