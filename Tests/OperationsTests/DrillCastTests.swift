import Diagnostics
import Inventory
@testable import Operations
import Planning
import PostgreSQL
import Testing

/// Who plays which part in a drill.
@Suite struct DrillCastTests {
    private func inventory(_ hosts: [InventoryHost]) -> Inventory {
        Inventory(file: "shop.yaml", cluster: "shop", hosts: hosts, postgresql: PostgreSQLOptions(version: .v15))
    }

    private func host(_ number: Int, _ replication: StandbyReplication = .init()) -> InventoryHost {
        InventoryHost(
            name: "db\(number)", address: "198.18.0.1\(number)", roles: [number == 1 ? .primary : .standby],
            replication: replication)
    }

    /// db1 is primary, the others follow it and have received as much as is said.
    private func status(_ inventory: Inventory, received: [String: LSN] = [:]) -> ClusterStatus {
        var status = ClusterStatus(inventory, Observer.Observation())
        status.primary = "db1"
        status.problems = []
        for index in status.nodes.indices {
            let name = status.nodes[index].host
            status.nodes[index].role = name == "db1" ? .primary : .standby
            status.nodes[index].upstream = name == "db1" ? nil : "db1"
            status.nodes[index].receivedLSN = received[name]
        }
        return status
    }

    @Test(
        "a synchronous standby takes over before one with more WAL; the client runs beside it, the host that is hit comes last"
    )
    func primary() throws {
        let inventory = inventory([host(1), host(2), host(3, .init(mode: .sync))])
        let cast = try DrillCast(.killPrimary, inventory, status(inventory, received: ["db2": LSN(9), "db3": LSN(1)]))
        #expect(cast.hit == "db1" && cast.successor == "db3" && cast.client == "db2")
        #expect(cast.order == ["db2", "db3", "db1"])
    }

    @Test("a standby that is hit is a synchronous one, and nobody has to take over")
    func standby() throws {
        let inventory = inventory([host(1), host(2, .init(mode: .sync))])
        let cast = try DrillCast(.partitionStandby, inventory, status(inventory))
        #expect(cast.hit == "db2" && cast.successor == nil && cast.client == "db1")
        #expect(cast.order == ["db1", "db2"])
    }

    @Test("a delayed standby, and one that must not, never takes over")
    func nobody() throws {
        let inventory = inventory([host(1), host(2, .init(applyDelay: .seconds(60))), host(3, .init(failover: false))])
        let error = try #require(throws: Diagnostic.self) {
            try DrillCast(.powerOff, inventory, status(inventory))
        }
        #expect(error.code == "drill.hosts")
        #expect(throws: Never.self) { try DrillCast(.loseStandby, inventory, status(inventory)) }
    }

    @Test("an unhealthy cluster is not drilled")
    func unhealthy() throws {
        let inventory = inventory([host(1), host(2)])
        var status = status(inventory)
        status.problems = ["db2 is stopped"]
        let error = try #require(throws: Diagnostic.self) { try DrillCast(.killPrimary, inventory, status) }
        #expect(error.code == "drill.unhealthy" && error.message.contains("db2 is stopped"))
    }
}
