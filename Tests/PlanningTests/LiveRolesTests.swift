import Blueprint
import Diagnostics
import Graph
import Hosts
import Inventory
import Planning
import PostgreSQL
import Resources
import TestSupport
import Testing

@Suite("Who is primary, as the live cluster decides it")
struct LiveRolesTests {
    private static let inventory: Inventory? = try? SimulatedCluster.inventory("demo")
    private static let names = ["db1", "db2", "db3", "db4"]

    private static func control(timeline: Int, lsn: String, identifier: Int = 73) -> ControlData? {
        var server = SimulatedServer(version: .v15, dataVersion: "15", identifier: String(identifier))
        server.timeline = timeline
        server.lsn = LSN(lsn) ?? .none
        return try? ControlData(parsing: server.controlText)
    }

    private static func running(
        recovery: Bool, timeline: Int = 1, identifier: Int = 73, history: TimelineHistory? = nil
    ) -> ServerFacts {
        let live = LiveServer(
            versionNumber: 150_000, inRecovery: recovery, systemIdentifier: String(identifier), timeline: timeline,
            currentLSN: recovery ? nil : LSN("0/9000000"), receivedLSN: recovery ? LSN("0/9000000") : nil)
        return ServerFacts(
            state: .running(live), dataVersion: "15", history: history, hasStandbySignal: recovery, port: 5432)
    }

    private static func stopped(
        standby: Bool, timeline: Int = 1, lsn: String = "0/5000060", version: String = "15", identifier: Int = 73
    ) -> ServerFacts {
        ServerFacts(
            state: .stopped, dataVersion: version,
            control: control(timeline: timeline, lsn: lsn, identifier: identifier), hasStandbySignal: standby)
    }

    private static let primary = running(recovery: false)
    private static let standby = running(recovery: true)

    /// Nil servers are empty hosts; hosts that are not named were not seen.
    private static func roles(
        _ servers: [String: ServerFacts?], without: Set<String> = [], rule: LiveRoles.Rule = .live
    ) throws -> LiveRoles {
        var facts = ClusterFacts()
        for name in names {
            guard let server = servers[name] else {
                facts.hosts[name] = .unknown("no route to host")
                continue
            }
            facts.hosts[name] = .present(
                HostFacts(host: name, server: server.map { .present($0) } ?? .absent))
        }
        return LiveRoles(try #require(inventory), facts, without: without, rule: rule)
    }

    private static func codes(_ roles: LiveRoles) -> [String] { roles.refusals.map(\.code) }

    private static let empty: ServerFacts? = nil

    @Test("no data anywhere: the cluster is born where the inventory says")
    func born() throws {
        let roles = try Self.roles(["db1": Self.empty, "db2": Self.empty, "db3": Self.empty, "db4": Self.empty])
        #expect(roles.primary == .born("db1"))
        #expect(roles.refusals.isEmpty && roles.notes.isEmpty)
    }

    @Test("an initdb that was interrupted before its start is the same birth; with a host unseen it may not be")
    func interrupted() throws {
        let begun = Self.stopped(standby: false)
        let all = try Self.roles(["db1": begun, "db2": Self.empty, "db3": Self.empty, "db4": Self.empty])
        #expect(all.primary == .born("db1"))
        #expect(all.refusals.isEmpty)
        let some = try Self.roles(["db1": begun, "db2": Self.empty, "db3": Self.empty])
        #expect(Self.codes(some) == ["roles.no-primary"])
        let elsewhere = try Self.roles(["db1": Self.empty, "db2": begun, "db3": Self.empty, "db4": Self.empty])
        #expect(Self.codes(elsewhere) == ["roles.no-primary"])
    }

    @Test("somebody's files are no data of the cluster: the birth goes on, and the kinds refuse them")
    func foreign() throws {
        let foreign = ServerFacts(state: .stopped)
        let roles = try Self.roles(["db1": Self.empty, "db2": foreign, "db3": Self.empty, "db4": Self.empty])
        #expect(roles.primary == .born("db1"))
    }

    @Test("the one that is not in recovery is primary, wherever the cluster was born")
    func moved() throws {
        let roles = try Self.roles([
            "db1": Self.standby, "db2": Self.running(recovery: false, timeline: 2), "db3": Self.standby,
            "db4": Self.standby,
        ])
        #expect(roles.primary == .live("db2"))
        #expect(roles.refusals.isEmpty)
        #expect(roles.notes.map(\.code) == ["roles.moved"])
    }

    @Test("two primaries: refused, each named with timeline and LSN")
    func splitBrain() throws {
        let roles = try Self.roles([
            "db1": Self.primary, "db2": Self.running(recovery: false, timeline: 2), "db3": Self.standby,
            "db4": Self.standby,
        ])
        #expect(roles.primaryName == nil)
        #expect(Self.codes(roles) == ["roles.split-brain"])
        let message = try #require(roles.refusals.first?.message)
        #expect(message.contains("db1 (timeline 1, LSN 0/9000000), db2 (timeline 2, LSN 0/9000000)"))
    }

    @Test("no primary but data: refused, with what each host holds")
    func none() throws {
        let roles = try Self.roles([
            "db1": Self.stopped(standby: false), "db2": Self.standby, "db3": Self.standby, "db4": Self.empty,
        ])
        #expect(roles.primaryName == nil)
        #expect(Self.codes(roles) == ["roles.no-primary"])
        #expect(roles.refusals[0].message.contains("db1 (stopped, timeline 1, LSN 0/5000060), db2 (standby"))
    }

    @Test("a server that could not be read may hold data: no birth")
    func unread() throws {
        var facts = ClusterFacts()
        for name in Self.names { facts.hosts[name] = .present(HostFacts(host: name, server: .absent)) }
        facts.hosts["db3"] = .present(HostFacts(host: "db3", server: .unknown("not read")))
        let roles = LiveRoles(try #require(Self.inventory), facts)
        #expect(Self.codes(roles) == ["roles.no-primary"])
    }

    @Test("half the hosts unseen may be the wrong half; a named absence is accepted")
    func majority() throws {
        let seen: [String: ServerFacts?] = ["db1": Self.primary, "db2": Self.standby]
        let refused = try Self.roles(seen)
        #expect(Self.codes(refused) == ["roles.majority"])
        #expect(refused.refusals[0].hint?.contains("--without db3,db4") == true)
        #expect(try Self.roles(seen, without: ["db3"]).refusals.isEmpty)
        #expect(Self.codes(try Self.roles(seen, without: ["db1"])) == ["roles.majority"])
        #expect(try Self.roles(["db1": Self.primary, "db2": Self.standby, "db3": Self.empty]).refusals.isEmpty)
    }

    @Test("another system identifier, another major version: nothing of it is touched")
    func others() throws {
        let other = try Self.roles([
            "db1": Self.primary, "db2": Self.standby, "db3": Self.standby,
            "db4": Self.stopped(standby: true, identifier: 99),
        ])
        #expect(Self.codes(other) == ["data.system-identifier"])
        var older = Self.standby
        older.dataVersion = "14"
        let version = try Self.roles(["db1": Self.primary, "db2": older, "db3": Self.standby, "db4": Self.standby])
        #expect(Self.codes(version) == ["version.major"])
    }

    @Test("a stopped server that left the primary's line is named; one that is behind on it is not")
    func diverged() throws {
        let history = try TimelineHistory(
            timeline: Timeline(2), parsing: "1\t0/6000000\tno recovery target specified\n")
        let promoted = Self.running(recovery: false, timeline: 2, history: history)
        func check(_ stopped: ServerFacts) throws -> [String] {
            Self.codes(
                try Self.roles(["db1": stopped, "db2": promoted, "db3": Self.standby, "db4": Self.standby]))
        }
        #expect(try check(Self.stopped(standby: false, lsn: "0/6000060")) == ["data.diverged"])
        #expect(try check(Self.stopped(standby: false, lsn: "0/5FFFFFF")) == [])
        #expect(try check(Self.stopped(standby: false, timeline: 3, lsn: "0/5000000")) == ["data.diverged"])
    }

    @Test("a running standby that follows a later line than the primary's has another primary")
    func laterLine() throws {
        let later = Self.running(recovery: true, timeline: 3)
        let roles = try Self.roles(["db1": Self.primary, "db2": later, "db3": Self.standby, "db4": Self.standby])
        #expect(Self.codes(roles) == ["data.diverged"])
    }

    @Test("a port or a data directory that moved is refused with what to do")
    func places() throws {
        var elsewhere = Self.standby
        elsewhere.port = 5433
        let port = try Self.roles(["db1": Self.primary, "db2": elsewhere, "db3": Self.standby, "db4": Self.standby])
        #expect(Self.codes(port) == ["port.changed"])
        var facts = ClusterFacts()
        for name in Self.names {
            facts.hosts[name] = .present(
                HostFacts(
                    host: name, commands: ["recorded data directories": .present("15 /old/data\n")],
                    server: .present(name == "db1" ? Self.primary : Self.standby)))
        }
        let roles = LiveRoles(try #require(Self.inventory), facts)
        #expect(Set(Self.codes(roles)) == ["data-directory.changed"])
    }

    @Test("a start brings up the only one that was primary and nobody outran")
    func starting() throws {
        let down: [String: ServerFacts?] = [
            "db1": Self.stopped(standby: false), "db2": Self.stopped(standby: true), "db3": Self.stopped(standby: true),
            "db4": Self.stopped(standby: true),
        ]
        #expect(try Self.roles(down, rule: .starting).primary == .live("db1"))
        #expect(try Self.roles(down, rule: .starting).refusals.isEmpty)
        var outrun = down
        outrun["db2"] = Self.stopped(standby: true, timeline: 2)
        #expect(Self.codes(try Self.roles(outrun, rule: .starting)) == ["roles.no-primary"])
        var two = down
        two["db2"] = Self.stopped(standby: false)
        #expect(Self.codes(try Self.roles(two, rule: .starting)) == ["roles.no-primary"])
        var unseen = down
        unseen.removeValue(forKey: "db3")
        #expect(Self.codes(try Self.roles(unseen, rule: .starting)) == ["roles.unseen"])
        #expect(try Self.roles(unseen, without: ["db3"], rule: .starting).refusals.isEmpty)
    }

    @Test("a stop takes what is there, and never two primaries")
    func stopping() throws {
        #expect(try Self.roles(["db2": Self.primary, "db3": Self.standby], rule: .stopping).primary == .live("db2"))
        #expect(try Self.roles(["db2": Self.standby], rule: .stopping).primary == .live("db1"))
        let two = try Self.roles(["db1": Self.primary, "db2": Self.primary], rule: .stopping)
        #expect(Self.codes(two) == ["roles.split-brain"])
    }
}
