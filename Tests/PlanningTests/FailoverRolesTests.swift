import Blueprint
import Diagnostics
import Inventory
import Planning
import PostgreSQL
import Resources
import Testing

/// The inventory `demo`: db1 to db3 confirm, any one of them; db4 cascades from db2.
@Suite("Who may become primary when the primary is gone")
struct FailoverRolesTests {
    private static let inventory: Inventory? = try? SimulatedCluster.inventory("demo")
    private static let names = ["db1", "db2", "db3", "db4"]

    /// A host as it was seen; nil is one that was not.
    private struct Seen {
        var server: ServerFacts?
        var end: String?
        var life = ""
    }

    private static func standby(
        lsn: String = "0/9000000", timeline: Int = 1, history: String = "", follows host: String = "db1",
        life: String = ""
    ) -> Seen {
        let address = inventory?.host(host)?.address ?? ""
        let live = LiveServer(
            versionNumber: 150_000, inRecovery: true, systemIdentifier: "73", timeline: timeline,
            receivedLSN: LSN(lsn),
            settings: ["primary_conninfo": LiveSetting(setting: "host=\(address) user=replicator")])
        let server = ServerFacts(state: .running(live), dataVersion: "15", hasStandbySignal: true, port: 5432)
        return Seen(server: server, end: "73\t\(timeline)\t\(lsn)\tpostgres\n\(history)", life: life)
    }

    private static func stopped(wasPrimary: Bool = true, timeline: Int = 1) -> Seen {
        var server = ServerFacts(state: .stopped, dataVersion: "15", hasStandbySignal: !wasPrimary)
        server.control = control(wasPrimary ? "in production" : "shut down in recovery", timeline)
        return Seen(server: server)
    }

    private static func primary() -> Seen {
        let live = LiveServer(
            versionNumber: 150_000, inRecovery: false, systemIdentifier: "73", timeline: 1, currentLSN: LSN("0/9000000")
        )
        return Seen(server: ServerFacts(state: .running(live), dataVersion: "15", port: 5432))
    }

    private static func control(_ state: String, _ timeline: Int) -> ControlData? {
        var server = SimulatedServer(version: .v15, dataVersion: "15", identifier: "73")
        server.timeline = timeline
        server.lsn = LSN("0/5000060") ?? .none
        let lines = server.controlText.split(separator: "\n").map { line in
            line.hasPrefix("Database cluster state:") ? "Database cluster state: \(state)" : String(line)
        }
        return try? ControlData(parsing: lines.joined(separator: "\n"))
    }

    private static func roles(
        _ hosts: [String: Seen], to target: String? = "db2", fenced: Set<String> = [], acceptsLoss: Bool = false,
        without: Set<String> = []
    ) throws -> LiveRoles {
        var facts = ClusterFacts()
        for name in names {
            guard let seen = hosts[name] else {
                facts.hosts[name] = .unknown("no route to host")
                continue
            }
            var host = HostFacts(host: name, server: seen.server.map { .present($0) } ?? .absent)
            host.commands[WALEnd.reading] = seen.end.map { .present($0) } ?? .absent
            host.commands[SignsOfLife.reading] = seen.life.isEmpty ? .absent : .present(seen.life)
            facts.hosts[name] = .present(host)
        }
        return LiveRoles(
            try #require(inventory), facts, without: without,
            rule: .failover(to: target, fenced: fenced, acceptsLoss: acceptsLoss))
    }

    private static func codes(_ roles: LiveRoles) -> [String] { roles.refusals.map(\.code) }

    private static let standbys = ["db2": standby(), "db3": standby(), "db4": standby(follows: "db2")]

    private static func with(_ others: [String: Seen?]) -> [String: Seen] {
        var hosts = standbys
        for (name, seen) in others { hosts[name] = seen }
        return hosts
    }

    @Test("a primary that answers is never replaced; when it is the wanted one, only the rest is left to do")
    func alive() throws {
        let roles = try Self.roles(Self.with(["db1": Self.primary()]))
        #expect(Self.codes(roles) == ["failover.alive"])
        let again = try Self.roles(Self.with(["db1": Self.primary()]), to: "db1")
        #expect(again.refusals.isEmpty)
        #expect(again.takeover?.promotes == false)
    }

    @Test("a primary that can't be seen must be named as switched off, and nobody may hear from it")
    func unseen() throws {
        let refused = try Self.roles(Self.standbys)
        #expect(Self.codes(refused) == ["failover.unseen"])
        #expect(refused.refusals[0].hint?.contains("--fenced db1") == true)
        #expect(refused.lost == "db1")
        #expect(Self.codes(try Self.roles(Self.standbys, without: ["db1"])) == ["failover.unseen"])
        let fenced = try Self.roles(Self.standbys, fenced: ["db1"])
        #expect(fenced.refusals.isEmpty)
        #expect(fenced.primary == .live("db2"))
        #expect(fenced.takeover?.needed == 2)
        for life in ["answers db1\n", "heard 1\n"] {
            let heard = Self.with(["db3": Self.standby(life: life)])
            #expect(Self.codes(try Self.roles(heard, fenced: ["db1"])) == ["failover.alive"])
            #expect(Self.codes(try Self.roles(heard)) == ["failover.alive"])
        }
        let silent = Self.with(["db3": Self.standby(life: "answers db2\nheard 9\n")])
        #expect(try Self.roles(silent, fenced: ["db1"]).refusals.isEmpty)
    }

    @Test("a host whose server is down counts as gone, and is left alone")
    func down() throws {
        let roles = try Self.roles(Self.with(["db1": Self.stopped()]))
        #expect(roles.refusals.isEmpty)
        #expect(roles.takeover?.leftAlone == ["db1"])
        var hung = Self.stopped()
        hung.server?.state = .silent("timeout")
        #expect(try Self.roles(Self.with(["db1": hung])).refusals.isEmpty)
        hung.life = "answers db1\n"
        #expect(Self.codes(try Self.roles(Self.with(["db1": hung]))) == ["failover.alive"])
    }

    @Test("of n synchronous standbys n - k + 1 must answer, unless the loss is accepted by name")
    func quorum() throws {
        let one = Self.with(["db1": Self.stopped(), "db3": nil])
        let refused = try Self.roles(one, without: ["db3"])
        #expect(Self.codes(refused) == ["failover.quorum"])
        let accepted = try Self.roles(one, acceptsLoss: true, without: ["db3"])
        #expect(accepted.refusals.isEmpty)
        #expect(accepted.notes.map(\.code) == ["failover.loss"])
        #expect(accepted.takeover?.needed == 0)
        // A stopped one is started cut off, and answers then.
        #expect(
            try Self.roles(Self.with(["db1": Self.stopped(), "db3": Self.stopped(wasPrimary: false)])).refusals.isEmpty)
    }

    @Test("a standby that can't be seen may hold more: its absence is accepted by name")
    func unseenStandby() throws {
        let hosts = Self.with(["db1": Self.stopped(), "db4": nil])
        let refused = try Self.roles(hosts)
        #expect(Self.codes(refused) == ["roles.unseen"])
        #expect(refused.refusals[0].hint?.contains("--without db4") == true)
        #expect(try Self.roles(hosts, without: ["db4"]).refusals.isEmpty)
    }

    @Test("who can't become primary is told why")
    func targets() throws {
        let hosts = Self.with(["db1": Self.stopped()])
        func words(_ target: String, _ hosts: [String: Seen]) throws -> String {
            let roles = try Self.roles(hosts, to: target, without: ["db3"])
            #expect(Self.codes(roles) == ["failover.target"])
            return roles.refusals[0].message
        }
        #expect(try words("db9", hosts).contains("no database host"))
        #expect(try words("db1", hosts).contains("was primary itself"))
        #expect(try words("db3", Self.with(["db1": Self.stopped(), "db3": nil])).contains("can't be seen"))
        var marked = Self.standby()
        marked.server?.marker = "a rewind was cut off"
        #expect(try words("db3", Self.with(["db1": Self.stopped(), "db3": marked])).contains("a rewind was cut off"))
    }

    @Test("a standby that left the line with an earlier promotion keeps nothing back; it is left alone")
    func strayed() throws {
        let history = "1\t0/6000000\tno recovery target specified\n"
        let hosts = [
            "db1": Self.stopped(timeline: 2), "db2": Self.standby(timeline: 2, history: history),
            "db3": Self.standby(timeline: 2, history: history), "db4": Self.standby(lsn: "0/7000000"),
        ]
        let roles = try Self.roles(hosts)
        #expect(roles.refusals.isEmpty)
        #expect(roles.takeover?.leftAlone == ["db1", "db4"])
    }

    @Test("an election starts the former primary when nobody outran it, and shows what each host holds")
    func electedFormer() throws {
        let roles = try Self.roles(Self.with(["db1": Self.stopped()]), to: nil)
        #expect(roles.primary == .live("db1"))
        #expect(roles.refusals.isEmpty)
        #expect(roles.takeover?.promotes == false)
        #expect(roles.takeover?.leftAlone.isEmpty == true)
        #expect(roles.notes[0].message.contains("db2 (standby; timeline 1, 0/9000000)"))
    }

    @Test("an election takes the newest: by timeline, then by what was received")
    func elected() throws {
        let ahead = Self.with(["db3": Self.standby(lsn: "0/9000100")])
        #expect(try Self.roles(ahead, to: nil, fenced: ["db1"]).primary == .live("db3"))
        let history = "1\t0/9000000\tno recovery target specified\n"
        let later = Self.with([
            "db1": Self.stopped(), "db3": Self.standby(lsn: "0/9000100"),
            "db2": Self.standby(timeline: 2, history: history),
        ])
        let roles = try Self.roles(later, to: nil)
        #expect(roles.primary == .live("db2"))
        #expect(roles.takeover?.leftAlone.isSuperset(of: ["db1", "db3"]) == true)
        #expect(Self.codes(try Self.roles(ahead, to: nil)) == ["failover.unseen"])
    }

    @Test("given up, the standbys follow the one that is gone; never while another is primary")
    func reattached() throws {
        var facts = ClusterFacts()
        for (name, seen) in Self.standbys {
            facts.hosts[name] = .present(HostFacts(host: name, server: seen.server.map { .present($0) } ?? .absent))
        }
        let inventory = try #require(Self.inventory)
        let roles = LiveRoles(inventory, facts, rule: .reattaching(to: "db1"))
        #expect(roles.primary == .live("db1"))
        #expect(roles.refusals.isEmpty)
        facts.hosts["db2"] = .present(HostFacts(host: "db2", server: .present(try #require(Self.primary().server))))
        #expect(LiveRoles(inventory, facts, rule: .reattaching(to: "db1")).refusals.map(\.code) == ["failover.alive"])
    }
}
