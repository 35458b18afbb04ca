import FoundationEssentials
import Hosts
import Inventory
import Planning
import SSH

/// The inventory's hosts over SSH, one connection each.
struct SSHProvider: HostProvider {
    private let pool = SSHPool()
    private let inventory: Inventory

    init(_ inventory: Inventory) {
        self.inventory = inventory
    }

    func host(for host: InventoryHost) async throws -> any Host {
        try await pool.host(target(host))
    }

    func close() async {
        await pool.close()
    }

    private func target(_ host: InventoryHost) -> SSHTarget {
        let ssh = host.ssh
        return SSHTarget(
            name: host.name, address: host.address, port: ssh.port, user: ssh.user,
            identityFile: ssh.identityFile.map(inventory.localPath),
            knownHostsFile: ssh.knownHostsFile.map(inventory.localPath),
            hostKeys: ssh.hostKeys == .acceptNew ? .acceptNew : .strict, becomeSudo: ssh.become == .sudo,
            jump: ssh.jump.map { SSHTarget.Jump(address: $0.address, user: $0.user, port: $0.port) },
            connectTimeout: ssh.connectTimeout)
    }
}
