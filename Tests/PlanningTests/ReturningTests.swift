import Blueprint
import Diagnostics
import Inventory
import Planning
import PostgreSQL
import Resources
import Testing

@Suite("Who counts as primary while a host comes back")
struct ReturningTests {
    private static func live(recovery: Bool, timeline: Int) -> ServerFacts {
        ServerFacts(
            state: .running(
                LiveServer(
                    versionNumber: 150_000, inRecovery: recovery, systemIdentifier: "73", timeline: timeline,
                    currentLSN: recovery ? nil : LSN("0/9000000"))), dataVersion: "15", hasStandbySignal: recovery,
            port: 5432)
    }

    private static func roles(_ servers: [String: ServerFacts]) throws -> LiveRoles {
        let inventory = try SimulatedCluster.inventory("demo")
        var facts = ClusterFacts()
        for host in inventory.databaseHosts {
            facts.hosts[host.name] =
                servers[host.name].map { .present(HostFacts(host: host.name, server: .present($0))) }
                ?? .unknown("no route to host")
        }
        return LiveRoles(inventory, facts, rule: .returning("db1"))
    }

    @Test("of two primaries the one that is not named stays primary")
    func splitBrain() throws {
        let roles = try Self.roles([
            "db1": Self.live(recovery: false, timeline: 1), "db2": Self.live(recovery: false, timeline: 2),
            "db3": Self.live(recovery: true, timeline: 2),
        ])
        #expect(roles.primary == .live("db2"))
        #expect(roles.refusals.isEmpty)
    }

    @Test("it is refused with two others, with none, when the host can't be seen, and with too few seen")
    func refused() throws {
        let primary = Self.live(recovery: false, timeline: 2)
        let standby = Self.live(recovery: true, timeline: 2)
        func codes(_ servers: [String: ServerFacts]) throws -> [String] {
            try Self.roles(servers).refusals.map(\.code)
        }
        #expect(try codes(["db1": primary, "db2": primary, "db3": primary]) == ["roles.split-brain"])
        #expect(try codes(["db1": primary, "db2": standby, "db3": standby]) == ["roles.no-other-primary"])
        #expect(try codes(["db1": standby, "db2": standby, "db3": standby]) == ["roles.no-other-primary"])
        #expect(try codes(["db2": primary, "db3": standby, "db4": standby]) == ["roles.unseen"])
        #expect(try codes(["db1": standby, "db2": primary]) == ["roles.majority"])
    }
}
