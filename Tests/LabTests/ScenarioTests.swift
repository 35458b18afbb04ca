import FoundationEssentials
import Hosts
import Lab
import Testing

/// A cluster's years in one go, under a client that writes throughout.
@Suite("A long life")
struct ScenarioTests {
    private static func inventory(_ version: String) -> String {
        """
        cluster: $CLUSTER
        ssh: {user: root, identity_file: $LAB/id_ed25519, known_hosts_file: $LAB/known_hosts, connect_timeout: 3s}
        hosts:
          db1: {address: $NET.11, roles: [primary], replication: async}
          db2: {address: $NET.12, roles: [standby], replication: sync}
          db3: {address: $NET.13, roles: [standby], replication: sync}
          db4: {address: $NET.14, roles: [standby], upstream: db2}
          db5: {address: $NET.15, roles: [standby], upstream: db3}
        postgresql:
          version: \(version)
          superuser_password: {file: $LAB/secrets/superuser}
          settings: {shared_buffers: 32MB}
          hba: [{type: host, database: app, user: app, address: $NET.0/24, method: scram-sha-256}]
          users: [{name: app, password: {file: $LAB/secrets/app}}]
          databases: [{name: app, owner: app}]
        replication:
          password: {file: $LAB/secrets/replicator}
          synchronous: {method: first, confirm: 1}

        """
    }

    @Test(
        "grown, switched, re-parented, crashed, rejoined, rebuilt, shrunk, rotated, restarted: no acknowledged row is lost",
        arguments: ["13", "17"])
    func life(version: String) async throws {
        try await LabCluster.with(Self.inventory(version)) { cluster in
            let life = Life(cluster: cluster, version: version)
            let client = try await life.birth()
            try await life.grow(client)
            try await life.change(client)
            try await life.crash(client)
            try await life.shrink(client)
            try await life.maintain(client)
            try await client.expectNothingLost(on: ["db1", "db2", "db3", "db4"])
            try await life.inspect()
        }
    }
}

/// One cluster and what happens to it; after each event nothing is left to change, and the client writes on.
private struct Life {
    let cluster: LabCluster
    let version: String

    private var unit: String { "postgresql@\(version)-main" }
    private var data: String { "/var/lib/postgresql/\(version)/main" }
    private var programs: String { "/usr/lib/postgresql/\(version)/bin" }

    private func expectWell(
        _ client: WritingClient, primary: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await cluster.expectConverged(sourceLocation: sourceLocation)
        let found = try await cluster.kumki("primary", expecting: 0, sourceLocation: sourceLocation)
        #expect(found.outputText == "\(primary)\n", sourceLocation: sourceLocation)
        try await client.waitForRows(sourceLocation: sourceLocation)
    }

    private func line(of host: String, in text: String) -> String {
        text.split(separator: "\n").first { $0.hasPrefix("  \(host): ") }.map(String.init) ?? ""
    }

    private func apply(
        _ edit: (String) -> String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try cluster.edit(edit)
        try await cluster.kumki("apply", "--yes", expecting: 0, sourceLocation: sourceLocation)
    }

    /// Four hosts; the client writes from a host that keeps its power.
    func birth() async throws -> WritingClient {
        try await apply { $0.replacing(line(of: "db5", in: $0) + "\n", with: "") }
        _ = try await cluster.sql("db1", "SET ROLE app; CREATE TABLE written (n bigint)", database: "app")
        let client = try await WritingClient.start(
            in: cluster, on: "db4", hosts: ["db1", "db2", "db3", "db4", "db5"])
        try await expectWell(client, primary: "db1")
        return client
    }

    /// A cascaded standby comes, and becomes primary.
    func grow(_ client: WritingClient) async throws {
        try await apply { text in
            let last = line(of: "db4", in: text)
            return text.replacing(last, with: last + "\n" + line(of: "db5", in: cluster.text))
        }
        try await expectWell(client, primary: "db1")
        try await cluster.kumki("switchover", "--to", "db5", "--yes", expecting: 0)
        try await expectWell(client, primary: "db5")
    }

    /// Two standbys get other upstreams; then the synchronous ones become a quorum of three.
    func change(_ client: WritingClient) async throws {
        try await apply {
            $0.replacing("upstream: db2}", with: "upstream: db3}")
                .replacing("replication: async}", with: "replication: async, upstream: db2}")
        }
        try await expectWell(client, primary: "db5")
        try await apply {
            $0.replacing("method: first", with: "method: any")
                .replacing("replication: async, upstream: db2}", with: "replication: sync}")
        }
        #expect(try await cluster.sql("db5", "SHOW synchronous_standby_names").contains("ANY 1"))
        try await expectWell(client, primary: "db5")
    }

    /// Every process of the primary is killed; then the next one loses its power.
    func crash(_ client: WritingClient) async throws {
        try await cluster.shell("db5", "systemctl kill -s KILL \(unit); systemctl stop \(unit) || :")
        try await cluster.kumki("failover", "--to", "db2", "--yes", expecting: 0)
        try await client.waitForRows()
        try await cluster.kumki("rejoin", "db5", "--yes", "--approve-destroy", "db5", expecting: 0)
        try await expectWell(client, primary: "db2")

        try await cluster.lab.kill("db2")
        try await cluster.kumki("failover", "--to", "db3", "--fenced", "db2", "--yes", expecting: 0)
        try await client.waitForRows()
        try await cluster.lab.start("db2")
        try await cluster.kumki("rejoin", "db2", "--yes", "--approve-destroy", "db2", expecting: 0)
        try await expectWell(client, primary: "db3")
    }

    /// One is copied afresh, one leaves.
    func shrink(_ client: WritingClient) async throws {
        try await cluster.kumki("rebuild", "db4", "--yes", "--discard-old", expecting: 0)
        try await expectWell(client, primary: "db3")
        try await apply { $0.replacing("db5: {", with: "db5: {state: absent, ") }
        try await expectWell(client, primary: "db3")
        try await apply { $0.replacing(line(of: "db5", in: $0) + "\n", with: "") }
        try await expectWell(client, primary: "db3")
    }

    /// New passwords under standbys that stream on; a hot-standby setting goes down and up.
    func maintain(_ client: WritingClient) async throws {
        let receivers = "SELECT string_agg(pid::text, ' ' ORDER BY pid) FROM pg_stat_replication"
        let before = try await cluster.sql("db3", receivers)
        for secret in ["superuser", "replicator", "app"] {
            let file = "\(cluster.folder)/.kumki/lab/\(cluster.name)/secrets/\(secret)"
            try Data("another-\(secret)-4711\n".utf8).write(to: URL(filePath: file))
        }
        try await client.readPassword()
        #expect(try await cluster.kumki("plan", expecting: 2).outputText.contains("password"))
        try await cluster.kumki("apply", "--yes", expecting: 0)
        #expect(try await cluster.sql("db3", receivers) == before, "no connection of a standby was lost")
        try await expectWell(client, primary: "db3")
        // Only a new connection shows that the new password is right.
        _ = try await cluster.sql("db3", "SELECT pg_terminate_backend(pid) FROM pg_stat_replication")
        try await cluster.wait("the standbys are back") {
            try await cluster.sql("db3", "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == "3"
        }
        for connections in [60, 150] {
            try await apply {
                $0.replacing(
                    /settings: \{.*\}/, with: "settings: {shared_buffers: 32MB, max_connections: \(connections)}")
            }
            for host in ["db1", "db3", "db4"] {
                #expect(try await cluster.sql(host, "SHOW max_connections") == "\(connections)")
            }
            try await expectWell(client, primary: "db3")
        }
    }

    /// Every table, index and page of every node.
    func inspect() async throws {
        let nodes = ["db3", "db1", "db2", "db4"]
        _ = try await cluster.sql("db3", "CREATE EXTENSION amcheck", database: "app")
        let position = try await cluster.sql("db3", "SELECT pg_current_wal_flush_lsn()")
        for node in nodes {
            if node != "db3" {
                try await cluster.wait("\(node) has everything") {
                    try await cluster.sql(node, "SELECT pg_last_wal_replay_lsn() >= '\(position)'") == "t"
                }
            }
            if version == "13" {
                let check =
                    "SELECT count(bt_index_check(i.indexrelid)) > 50 FROM pg_index i JOIN pg_class c ON c.oid = "
                    + "i.indexrelid JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND c.relpersistence = 'p'"
                #expect(try await cluster.sql(node, check, database: "app") == "t")
            } else {
                try await cluster.shell(node, "cd / && runuser -u postgres -- \(programs)/pg_amcheck -d app")
            }
        }
        try await cluster.kumki("stop", "--yes", expecting: 0)
        for node in nodes {
            let said = try await cluster.shell(
                node, "cd / && runuser -u postgres -- \(programs)/pg_checksums --check -D \(data)")
            #expect(said.contains("Bad checksums:  0"), "\(node): \(said)")
        }
    }
}
