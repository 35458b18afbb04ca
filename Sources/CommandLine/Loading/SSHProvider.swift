import FoundationEssentials
import Hosts
import Inventory
import Planning
import SSH

/// The inventory's hosts over SSH, one connection each.
actor SSHProvider: HostProvider {
    private let pool = SSHPool()
    private let inventory: Inventory

    init(_ inventory: Inventory) {
        self.inventory = inventory
    }

    nonisolated func host(for host: InventoryHost) async throws -> any Host {
        try await pool.host(target(host))
    }

    func close() async {
        await pool.close()
    }

    nonisolated private func target(_ host: InventoryHost) -> SSHTarget {
        let ssh = host.ssh
        return SSHTarget(
            name: host.name, address: host.address, port: ssh.port, user: ssh.user,
            identityFile: ssh.identityFile.map(resolve), knownHostsFile: ssh.knownHostsFile.map(resolve),
            hostKeys: ssh.hostKeys == .acceptNew ? .acceptNew : .strict, becomeSudo: ssh.become == .sudo,
            jump: ssh.jump.map { SSHTarget.Jump(address: $0.address, user: $0.user, port: $0.port) },
            connectTimeout: ssh.connectTimeout)
    }

    /// Relative paths are the inventory's, not the working directory's.
    nonisolated private func resolve(_ path: String) -> String {
        if path.hasPrefix("/") || path.hasPrefix("~") { return path }
        let folder = URL(filePath: inventory.file).deletingLastPathComponent().path
        return folder.isEmpty ? path : folder + "/" + path
    }
}
