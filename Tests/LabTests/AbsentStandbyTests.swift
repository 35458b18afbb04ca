import Hosts
import Lab
import Testing

/// With every synchronous standby gone, commits of others wait; kumki's own never do.
@Suite(
    "Without synchronous standbys", .serialized,
    .lab(
        """
        cluster: $CLUSTER
        ssh: {user: root, identity_file: $LAB/id_ed25519, known_hosts_file: $LAB/known_hosts, connect_timeout: 3s}
        hosts:
          db1: {address: $NET.11, roles: [primary]}
          db2: {address: $NET.12, roles: [standby], replication: sync}
          db3: {address: $NET.13, roles: [standby], replication: sync}
        postgresql:
          version: 15
          superuser_password: {file: $LAB/secrets/superuser}
          settings: {shared_buffers: 32MB}
          users: [{name: app, password: {file: $LAB/secrets/app}}]
        replication:
          password: {file: $LAB/secrets/replicator}
          synchronous: {method: any, confirm: 1}

        """))
struct AbsentStandbyTests {
    private let bound: Duration = .seconds(60)

    @Test("stopped: plan and status answer, and apply changes a role on the primary and starts them again")
    func stopped() async throws {
        let cluster = try await LabCluster.ready()
        for host in ["db2", "db3"] { try await cluster.shell(host, "systemctl stop postgresql@15-main") }
        let change = "SET synchronous_commit = local; ALTER ROLE app PASSWORD 'changed'"
        _ = try await cluster.sql("db1", change)
        try await cluster.kumki("status", expecting: 2, limit: bound)
        let plan = try await cluster.plan(expecting: 2)
        #expect(plan.ids.isSuperset(of: ["db1/role app", "db2/start", "db3/start"]))
        try await cluster.kumki("apply", "--yes", expecting: 0, limit: bound)
        try await cluster.expectConverged()
    }

    @Test("hanging: status tells it, and apply without them still works on the primary")
    func hanging() async throws {
        let cluster = try await LabCluster.ready()
        for host in ["db2", "db3"] { try await cluster.lab.pause(host) }
        _ = try await cluster.sql("db1", "SET synchronous_commit = local; ALTER ROLE app PASSWORD 'changed'")
        try await cluster.kumki("status", expecting: 2, limit: bound)
        try await cluster.kumki("plan", expecting: 1, limit: bound)
        try await cluster.kumki("apply", "--yes", "--without", "db2,db3", expecting: 0, limit: bound)
        try await cluster.kumki("plan", "--without", "db2,db3", expecting: 0, limit: bound)
        for host in ["db2", "db3"] { try await cluster.lab.unpause(host) }
        try await cluster.wait("the standbys stream") {
            try await cluster.sql("db1", "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == "2"
        }
        try await cluster.expectConverged()
    }
}
