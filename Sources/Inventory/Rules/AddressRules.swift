import Diagnostics
import PostgreSQL

/// Addresses, names and ports: each thing can be found, and by one thing only.
extension InventoryRules {
    func addresses() -> [Diagnostic] {
        duplicateAddresses() + inventory.hosts.flatMap(unusable) + vipNetworks() + names()
    }

    private func duplicateAddresses() -> [Diagnostic] {
        var owners: [String: String] = [:]
        var problems: [Diagnostic] = []
        let hosts = inventory.hosts.map { (owner: $0.name, address: $0.address, path: "hosts.\($0.name).address") }
        let vips = inventory.vips.map {
            (owner: "the \($0.kind) VIP", address: $0.address, path: "vips.\($0.kind).address")
        }
        for (owner, address, path) in hosts + vips where !address.isEmpty {
            let key = NetworkAddress(address).map(\.description) ?? address.lowercased()
            if let first = owners[key] {
                problems.append(
                    .error(
                        "topology.duplicate-address", "\(owner) has the address of \(first)", at: place(path),
                        hint: "give each its own address"))
            } else {
                owners[key] = owner
            }
        }
        return problems
    }

    /// Addresses that other hosts cannot reach.
    private func unusable(_ host: InventoryHost) -> [Diagnostic] {
        guard inventory.hosts.count > 1 else { return [] }
        let bytes = NetworkAddress(host.address)?.bytes ?? []
        let isLoopback =
            bytes.count == 4 ? bytes[0] == 127 : bytes.count == 16 && bytes.dropLast().allSatisfy { $0 == 0 }
        let isGroup = bytes.count == 4 ? bytes[0] >= 224 || bytes[0] == 0 : bytes.first == 0xFF
        guard isLoopback || isGroup || host.address.lowercased() == "localhost" else { return [] }
        return [
            .error(
                "topology.unreachable-address", "\(host.address) does not lead the other hosts to \(host.name)",
                at: place("hosts.\(host.name).address"), hint: "write the address under which the other hosts reach it")
        ]
    }

    private func vipNetworks() -> [Diagnostic] {
        let holders = presentHosts.filter {
            inventory.ha.engine == .pgpool
                ? $0.roles.contains(.pgpool) || $0.roles.contains(.witness) : $0.isDatabase
        }
        return inventory.vips.flatMap { vip -> [Diagnostic] in
            guard let address = NetworkAddress(vip.address) else { return [] }
            let outside = holders.filter { host in
                NetworkAddress(host.address).map {
                    $0.isIPv6 == address.isIPv6 && !$0.matches(address, prefix: vip.prefixLength)
                } ?? false
            }.map(\.name)
            if outside.isEmpty { return [] }
            return [
                .warning(
                    "topology.vip-network",
                    "\(Self.list(outside)) \(outside.count == 1 ? "is" : "are") not in the network of the \(vip.kind) VIP by \(outside.count == 1 ? "its" : "their") own address",
                    at: place("vips.\(vip.kind).address"),
                    hint: "check the prefix length; a VIP works only on hosts of its own network segment")
            ]
        }
    }

    private func names() -> [Diagnostic] {
        var problems: [Diagnostic] = []
        for host in inventory.hosts where host.name == "localhost" {
            problems.append(
                .error(
                    "inventory.name", "a host cannot be called localhost: every host is that to itself",
                    at: place("hosts.localhost"), hint: "give it another name, such as db1"))
        }
        var owners = Dictionary(inventory.hosts.map { ($0.name, "a host") }, uniquingKeysWith: { first, _ in first })
        for vip in inventory.vips {
            guard let name = vip.name?.lowercased() else { continue }
            if let owner = owners[name] {
                problems.append(
                    .error(
                        "topology.duplicate-name", "\(name) is the name of \(owner) already",
                        at: place("vips.\(vip.kind).name"), hint: "give the VIP a name of its own"))
            }
            owners[name] = "the \(vip.kind) VIP"
        }
        return problems
    }

    func ports() -> [Diagnostic] {
        struct Use {
            var name: String
            var port: Int
            var path: String
        }
        var problems: [Diagnostic] = []
        var reported: Set<String> = []
        for host in presentHosts {
            var uses: [Use] = []
            let sshPath = isWritten("hosts.\(host.name).ssh.port") ? "hosts.\(host.name).ssh.port" : "ssh.port"
            uses.append(Use(name: "ssh.port", port: host.ssh.port, path: sshPath))
            if host.isDatabase {
                uses.append(Use(name: "postgresql.port", port: inventory.postgresql.port, path: "postgresql.port"))
            }
            if host.roles.contains(.pgpool) || host.roles.contains(.witness) && inventory.ha.engine == .pgpool {
                uses.append(Use(name: "pgpool.port", port: inventory.pgpool.port, path: "pgpool.port"))
                uses.append(Use(name: "pgpool.pcp_port", port: inventory.pgpool.pcpPort, path: "pgpool.pcp_port"))
                if inventory.ha.engine == .pgpool {
                    uses.append(Use(name: "pgpool's watchdog", port: 9000, path: "pgpool"))
                }
            }
            for (index, use) in uses.enumerated() {
                guard let other = uses[..<index].first(where: { $0.port == use.port }),
                    reported.insert("\(other.name) \(use.name)").inserted
                else { continue }
                problems.append(
                    .error(
                        "topology.port-collision",
                        "\(use.name) and \(other.name) are both \(use.port), and \(host.name) runs both",
                        at: place(use.path, other.path, "hosts.\(host.name)"), hint: "give one of them another port"))
            }
        }
        return problems
    }

    func directories() -> [Diagnostic] {
        let data = inventory.postgresql.dataDirectory
        var problems: [Diagnostic] = []
        func wrong(_ path: String, _ message: String, _ hint: String) {
            problems.append(.error("inventory.directory", "\(path): \(message)", at: place(path), hint: hint))
        }
        func isInside(_ path: String, _ folder: String) -> Bool { path == folder || path.hasPrefix(folder + "/") }
        let written = [
            ("postgresql.data_directory", data), ("postgresql.wal_directory", inventory.postgresql.walDirectory),
            (
                "replication.archive.directory",
                isWritten("replication.archive.directory") ? inventory.replication.archive?.directory : nil
            ),
        ]
        for case (let path, let directory?) in written where directory.split(separator: "/").count < 2 {
            wrong(
                path, "\(directory) is not a directory to take for PostgreSQL alone",
                "name one below it: \(directory == "/" ? "/srv" : directory)/pg")
        }
        for case (let path, let directory?) in written.dropFirst() {
            guard let data, isInside(directory, data) || isInside(data, directory) else { continue }
            wrong(path, "\(directory) and the data directory \(data) lie one in the other", "keep them apart")
        }
        return problems
    }
}
