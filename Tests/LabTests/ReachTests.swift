import Hosts
import Lab
import Testing

/// Hosts that are reached as an ordinary user with sudo, and through another host.
@Suite("Reaching hosts")
struct ReachTests {
    private static let pair = """
        cluster: $CLUSTER
        ssh: {user: dba, become: sudo, identity_file: $LAB/id_ed25519, known_hosts_file: $LAB/known_hosts}
        hosts:
          db1: {address: $NET.11, roles: [primary]}
          db2: {address: $NET.12, roles: [standby], ssh: {jump: {address: $NET.11, user: dba}}}
        postgresql:
          version: 15
          superuser_password: {file: $LAB/secrets/superuser}
          settings: {shared_buffers: 32MB}
        replication:
          password: {file: $LAB/secrets/replicator}

        """

    @Test("a user with sudo deploys, one host through the other; sudo that wants a password is told, not waited for")
    func sudoAndJump() async throws {
        try await LabCluster.with(Self.pair) { cluster in
            let path = "/etc/sudoers.d/kumki-lab"
            try await cluster.shell("db2", "mv \(path) /root/; echo 'dba ALL=(ALL) ALL' >\(path)")
            let refused = try await cluster.kumki("plan", expecting: 1, limit: .seconds(60))
            #expect(refused.errorText.contains("db2"), "\(refused.errorText)")
            #expect(refused.errorText.contains("NOPASSWD"), "\(refused.errorText)")
            try await cluster.shell("db2", "mv /root/kumki-lab \(path)")
            try await cluster.kumki("apply", "--yes", expecting: 0)
            try await cluster.expectConverged()
            // sshd on db2 sees the jump host, not this machine.
            let accepted = "journalctl --no-pager -u ssh | grep 'Accepted publickey for dba'"
            let log = try await cluster.shell("db2", accepted)
            #expect(log.split(separator: "\n").allSatisfy { $0.contains("from \(cluster.network).11 ") }, "\(log)")
        }
    }
}
