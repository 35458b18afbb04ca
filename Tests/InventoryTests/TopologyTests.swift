import Diagnostics
import Inventory
import PostgreSQL
import Testing

@Suite("Who follows whom")
struct TopologyTests {
    static func inventory(_ hosts: [InventoryHost], replication: ReplicationOptions = ReplicationOptions()) -> Inventory
    {
        Inventory(
            file: "t.yaml", cluster: "t", hosts: hosts, postgresql: PostgreSQLOptions(version: .v15),
            replication: replication)
    }

    static func host(
        _ name: String, primary: Bool = false, upstream: String? = nil, mode: StandbyReplication.Mode? = nil,
        priority: Int? = nil, state: InventoryHost.State = .present
    ) -> InventoryHost {
        InventoryHost(
            name: name, address: "198.18.0.1", roles: [primary ? .primary : .standby], upstream: upstream,
            replication: StandbyReplication(mode: mode, priority: priority), state: state)
    }

    static let cascade = inventory([
        host("db1", primary: true), host("db2", mode: .sync), host("db3", mode: .sync), host("db4", upstream: "db2"),
        host("db5", upstream: "db4"),
    ])

    @Test("under the primary of birth every host follows what it declares")
    func birth() {
        let topology = Topology(Self.cascade, primary: "db1")
        #expect(topology.upstream(of: "db1") == nil)
        #expect(topology.upstream(of: "db2") == "db1")
        #expect(topology.upstream(of: "db4") == "db2")
        #expect(topology.upstream(of: "db5") == "db4")
        #expect(topology.children(of: "db1") == ["db2", "db3"])
        #expect(topology.depth(of: "db5") == 3)
        #expect(topology.synchronousStandbys == ["db2", "db3"])
    }

    @Test("after a failover the old primary follows the new one, and the cascades stay where they are")
    func failover() {
        let topology = Topology(Self.cascade, primary: "db2")
        #expect(topology.upstream(of: "db1") == "db2")
        #expect(topology.upstream(of: "db3") == "db2")
        #expect(topology.upstream(of: "db4") == "db2")
        #expect(topology.synchronousStandbys == ["db1", "db3"])
    }

    @Test("a cascade that became primary leads what hung above it")
    func cascadeLeads() {
        let topology = Topology(Self.cascade, primary: "db4")
        #expect(topology.upstream(of: "db2") == "db4")
        #expect(topology.upstream(of: "db5") == "db4")
        #expect(topology.children(of: "db4") == ["db1", "db2", "db3", "db5"])
    }

    @Test("while an upstream is empty, those that have data follow the primary; those without wait for their own")
    func emptyUpstream() {
        let rebuilt = Topology(Self.cascade, primary: "db1", empty: ["db2"])
        #expect(rebuilt.upstream(of: "db2") == "db1")
        #expect(rebuilt.upstream(of: "db4") == "db1")
        #expect(rebuilt.upstream(of: "db5") == "db4")
        let born = Topology(Self.cascade, primary: "db1", empty: ["db1", "db2", "db3", "db4", "db5"])
        #expect(born.upstream(of: "db4") == "db2")
    }

    @Test("the synchronous hosts are the same under every primary, the born primary among them")
    func sameNames() {
        for primary in ["db1", "db2", "db3", "db4"] {
            let topology = Topology(Self.cascade, primary: primary)
            #expect(topology.synchronousHosts == ["db1", "db2", "db3"])
            #expect(topology.synchronousStandbyNames == "ANY 1 (db1, db2, db3)")
        }
    }

    @Test("priority orders the names, and names that are not plain words are quoted")
    func names() {
        var inventory = Self.inventory(
            [
                Self.host("a-1", primary: true), Self.host("first", mode: .sync, priority: 2),
                Self.host("c", mode: .sync, priority: 1),
            ],
            replication: ReplicationOptions(method: .first, confirm: 2))
        #expect(Topology(inventory, primary: "a-1").synchronousStandbyNames == #"FIRST 2 (c, "first", "a-1")"#)
        inventory.postgresql.version = .v96
        #expect(Topology(inventory, primary: "a-1").synchronousStandbyNames == #"2 (c, "first", "a-1")"#)
    }

    @Test("without a sync host there are no names")
    func none() {
        let inventory = Self.inventory([Self.host("a", primary: true), Self.host("b")])
        #expect(Topology(inventory, primary: "a").synchronousStandbyNames == "")
    }

    @Test("the children of a host that leaves move up to its own upstream")
    func leaving() {
        let inventory = Self.inventory([
            Self.host("a", primary: true), Self.host("b"), Self.host("c", upstream: "b", state: .absent),
            Self.host("d", upstream: "c"),
        ])
        let topology = Topology(inventory, primary: "a")
        #expect(topology.hosts == ["a", "b", "d"])
        #expect(topology.upstream(of: "d") == "b")
    }
}
