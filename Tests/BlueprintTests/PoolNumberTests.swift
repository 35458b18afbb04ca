import Diagnostics
import Pgpool
import Resources
import Testing

@Suite("Numbers of a pool")
struct PoolNumberTests {
    private static let db0 = (
        "\nhosts:\n", "\nhosts:\n  db0: {address: 198.18.16.10, roles: [standby, pgpool], replication: sync}\n"
    )
    private static let db2 = "  db2: {address: 198.18.16.12, roles: [standby, pgpool], replication: sync}\n"
    private static let db4 = "  db4: {address: 198.18.16.14, roles: [standby, pgpool], replication: sync}\n"
    private static let running = [
        "backend_hostname0": "198.18.16.11", "backend_hostname1": "198.18.16.12", "backend_hostname2": "198.18.16.13",
        "hostname0": "198.18.16.11", "hostname1": "198.18.16.12", "hostname2": "198.18.16.13",
    ]

    @Test("a new host that stands first in the inventory gets the next free numbers where pgpool-II runs")
    func added() throws {
        let fresh = try PgpoolCase(.v4_3, [Self.db0]).settings()
        #expect(fresh["backend_hostname0"] == "'198.18.16.10'" && fresh["hostname0"] == "'198.18.16.10'")
        let pool = try PgpoolCase(.v4_3, [Self.db0], running: Self.running)
        let settings = pool.settings()
        #expect(settings["backend_hostname0"] == "'198.18.16.11'" && settings["backend_hostname3"] == "'198.18.16.10'")
        #expect(settings["hostname0"] == "'198.18.16.11'" && settings["hostname3"] == "'198.18.16.10'")
        #expect(pool.file("pgpool_node_id", on: "db0")?.masked == "3\n")
        #expect(pool.file("pgpool_node_id", on: "db1")?.masked == "0\n")
        #expect(pool.steps(PgpoolStop.self) == [])
    }

    @Test("a backend that leaves leaves its number free; nodes of the watchdog move up, and stop before any starts")
    func left() throws {
        var running = Self.running
        running["backend_hostname3"] = "198.18.16.14"
        running["hostname3"] = "198.18.16.14"
        let pool = try PgpoolCase(.v4_3, [(Self.db2, Self.db4)], running: running)
        let settings = pool.settings(on: "db1")
        #expect(settings["backend_hostname0"] == "'198.18.16.11'" && settings["backend_hostname1"] == nil)
        #expect(settings["backend_hostname2"] == "'198.18.16.13'" && settings["backend_hostname3"] == "'198.18.16.14'")
        #expect(settings["hostname1"] == "'198.18.16.13'" && settings["hostname2"] == "'198.18.16.14'")
        #expect(settings["hostname3"] == nil)
        let stops = pool.steps(PgpoolStop.self)
        let starts = pool.steps(PgpoolStart.self)
        let restarts = pool.steps(PgpoolRestart.self)
        #expect(stops.count == 3 && starts.count == 3 && restarts.count == 3)
        for stop in stops { #expect((starts + restarts).allSatisfy { pool.isOrdered(stop, before: $0) }) }
        for (start, restart) in zip(starts, restarts) { #expect(pool.isOrdered(start, before: restart)) }
        for restart in restarts { #expect(restarts.allSatisfy { !pool.isOrdered(restart, before: $0) }) }
    }

    @Test("one that takes another's place in the same change does not get its number")
    func replaced() throws {
        let settings = try PgpoolCase(.v4_3, [(Self.db2, Self.db4)], running: Self.running).settings(on: "db1")
        #expect(settings["backend_hostname1"] == nil && settings["backend_hostname3"] == "'198.18.16.14'")
        let later = try PgpoolCase(
            .v4_3, [(Self.db2, Self.db4)],
            running: ["backend_hostname0": "198.18.16.11", "backend_hostname2": "198.18.16.13"]
        ).settings(on: "db1")
        #expect(later["backend_hostname1"] == "'198.18.16.14'")
    }

    @Test("before 4.2 the watchdog knows its nodes by name, and none has to stop")
    func named() throws {
        let pool = try PgpoolCase(.v4_1, [(Self.db2, Self.db4)], running: Self.running)
        #expect(pool.steps(PgpoolStop.self) == [])
    }

    @Test("up to 4.0 the failover script's list has a word for a free number")
    func gap() throws {
        let settings = try PgpoolCase(.v4_0, [(Self.db2, Self.db4)], running: Self.running).settings(on: "db1")
        let command = try #require(settings["failover_command"])
        #expect(command.hasPrefix("'set -- 198.18.16.11 - 198.18.16.13 198.18.16.14; shift %P"))
    }
}
