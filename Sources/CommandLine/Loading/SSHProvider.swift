import FoundationEssentials
import Hosts
import Inventory
import Planning
import SSH

/// Hosts over SSH, one connection each.
struct SSHProvider: HostProvider {
    private let pool = SSHPool()
    private let localPath: @Sendable (String) -> String

    init(_ inventory: Inventory) {
        localPath = { inventory.localPath($0) }
    }

    /// For hosts of no inventory: paths count from the current folder.
    init() {
        localPath = { $0 }
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
            identityFile: ssh.identityFile.map(localPath),
            knownHostsFile: ssh.knownHostsFile.map(localPath),
            hostKeys: ssh.hostKeys == .acceptNew ? .acceptNew : .strict, becomeSudo: ssh.become == .sudo,
            jump: ssh.jump.map { SSHTarget.Jump(address: $0.address, user: $0.user, port: $0.port) },
            connectTimeout: ssh.connectTimeout)
    }
}
