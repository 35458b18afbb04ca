import Hosts
import Inventory
import TestSupport
import Testing

/// The script as its service runs it on db1 of the trio, beside a server and peers that do what a test wants of them.
@Suite("The rejoin script") struct RejoinScriptTests {
    typealias Server = FakeServers.Server

    /// db1 with its service in a state as systemd names it; db2 is primary on timeline 2 and db3 follows it unless `peers`
    /// says otherwise.
    static func host(
        _ own: Server, unit: String = "active", peers: [String: Server] = [:], _ edits: [(String, String)] = []
    ) async throws -> FakeServers {
        let host = try FakeServers("pgpool-trio", edits)
        try host.write("db1/rejoin script", as: "rejoin")
        var servers: [String: Server] = ["db2": .primary(2), "db3": .standby(of: "db2", timeline: 2)]
        servers.merge(peers) { $1 }
        servers["db1"] = own
        for (name, server) in servers { try host.put(name, server) }
        if unit != "active" { try host.folder.write("servers/\(try host.address("db1"))/silent", "") }
        _ = try await LocalProgram.run("ln", ["-s", try host.address("db1"), "\(host.folder.path)/servers/own"])
        for place in ["data", "data/pg_tblspc", "data/pg_wal", "data/pg_replslot", "data/pg_replslot/db2"] {
            try host.folder.make(place)
        }
        try host.folder.write("data/PG_VERSION", "15\n")
        try host.folder.write("data/postgresql.auto.conf", "work_mem = '8MB'\nprimary_conninfo = ''\n")
        if own.role == .standby { try host.folder.write("data/standby.signal", "") }
        _ = try await LocalProgram.run(
            "touch", ["-d", "10 minutes ago", "\(host.folder.path)/data/postgresql.auto.conf"])
        try host.folder.write("unit", unit + "\n")
        try host.folder.write("control", unit == "inactive" ? "shut down\n" : "in production\n")
        return host
    }

    static func look(
        _ host: FakeServers, exit: Int = 0, saying words: String..., doing events: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await host.run("rejoin", ["once"], exit: exit, saying: words, sourceLocation: sourceLocation)
        #expect(try host.events == events, sourceLocation: sourceLocation)
    }

    static let rebuild = ("  engine: pgpool\n", "  engine: pgpool\n  auto_rejoin: rebuild\n")
    static let returned = ["rewind?", "rewind", "start"]

    // MARK: What it leaves alone

    @Test(
        "it does nothing while the engine is paused or the host is out of service, nor after a broken rewind",
        arguments: ["kept/paused", "kept/drained", "data.kumki-failed"])
    func marks(mark: String) async throws {
        let host = try await Self.host(.primary(), unit: "failed")
        try host.folder.write(mark, "")
        try await Self.look(host, doing: [])
    }

    @Test("it does nothing while kumki works on the host", arguments: ["lock", "step.lock"])
    func locks(lock: String) async throws {
        let host = try await Self.host(.primary(), unit: "failed")
        try host.folder.write("kept/\(lock)", "")
        let look = try await LocalProgram.run(
            "flock", ["\(host.folder.path)/kept/\(lock)", "sh", "\(host.folder.path)/rejoin", "once"])
        #expect(look.ending == .exit(0) && look.errorText == "")
        #expect(try host.events == [])
    }

    @Test("a server that somebody stopped stays so")
    func stopped() async throws {
        let host = try await Self.host(.primary(), unit: "inactive")
        try await Self.look(host, doing: [])
    }

    @Test("a standby that streams is left alone, and the only primary too")
    func healthy() async throws {
        try await Self.look(Self.host(.standby(of: "db2", timeline: 2)), doing: [])
        try await Self.look(
            Self.host(.primary(), peers: ["db2": .standby(), "db3": .standby()]), doing: [])
    }

    @Test("the newest primary leaves an old one to itself")
    func newest() async throws {
        try await Self.look(Self.host(.primary(3)), doing: [])
    }

    @Test("nobody is primary: an old primary waits")
    func nobody() async throws {
        let host = try await Self.host(
            .primary(), unit: "failed", peers: ["db2": .standby(of: nil), "db3": .primary(2, "silent")])
        try await Self.look(host, doing: [])
    }

    @Test("a primary of another database cluster is nobody's successor")
    func foreign() async throws {
        let host = try await Self.host(.primary())
        try host.folder.write("servers/\(try host.address("db2"))/identifier", "7300000000000000009")
        try await Self.look(host, doing: [])
        #expect(try host.state("db1") == "primary 1")
    }

    @Test("the same timeline or a later one: a person has to decide, and is told so once", arguments: [2, 3])
    func undecided(timeline: Int) async throws {
        let host = try await Self.host(.primary(timeline), unit: "failed")
        let words = "db2 is primary on timeline 2, the data of db1 ends on \(timeline): a person has to decide"
        try await Self.look(host, exit: 1, saying: words, doing: [])
        let again = try await LocalProgram.run("sh", ["\(host.folder.path)/rejoin", "once"])
        #expect(again.ending == .exit(1) && again.errorText == "")
    }

    @Test("a new primary that has not yet written the first checkpoint of its timeline is waited for in silence")
    func uncheckpointed() async throws {
        let host = try await Self.host(.primary(), unit: "failed")
        let mark = "servers/\(try host.address("db2"))/checkpointed"
        try host.folder.write(mark, "1")
        try await Self.look(host, doing: [])
        try host.folder.write(mark, "2")
        try await Self.look(host, saying: "db1 streams from db2", doing: ["recover"] + Self.returned)
    }

    @Test("two primaries on one timeline: a person has to decide")
    func twoPrimaries() async throws {
        let host = try await Self.host(.primary(), peers: ["db3": .primary(2)])
        try await Self.look(
            host, exit: 1, saying: "db3 and db2 are both primary on timeline 2: a person has to decide", doing: [])
        #expect(try host.state("db1") == "primary 1")
    }

    @Test("a primary that standbys still follow was not failed over: a person has to decide")
    func followed() async throws {
        var own = Server.primary()
        own.confirming = 1
        let host = try await Self.host(own)
        try await Self.look(
            host, exit: 1, saying: "db2 is primary on timeline 2, but standbys still follow db1", doing: [])
        // One that starts anew is away for a moment.
        try host.folder.write("servers/\(try host.address("db1"))/confirming", "0")
        try await Self.look(host, doing: [])
        _ = try await LocalProgram.run("touch", ["-d", "11 seconds ago", "\(host.folder.path)/kept/rejoin.followed"])
        try await Self.look(host, saying: "db1 streams from db2", doing: ["stop"] + Self.returned)
    }

    @Test("a primary that may not lead is nobody's successor", arguments: ["active", "failed"])
    func forbidden(unit: String) async throws {
        let second = "  db2: {address: 198.18.16.12, roles: [standby, pgpool], replication: "
        let host = try await Self.host(
            .primary(), unit: unit, peers: ["db3": .standby()],
            [(second + "sync}", second + "{mode: sync, failover: false}}")])
        try await Self.look(host, doing: [])
    }

    @Test("a control file without a timeline stops everything")
    func unreadable() async throws {
        let host = try await Self.host(.primary(), unit: "failed")
        try host.folder.write("servers/\(try host.address("db1"))/timeline", "\n")
        try await Self.look(host, exit: 1, saying: "the control file of ", doing: [])
    }

    @Test("a program that still works in the data directory stops everything")
    func inUse() async throws {
        let host = try await Self.host(.primary())
        try host.folder.write("leftover", "")
        try await Self.look(host, exit: 1, saying: "programs still work in ", doing: ["stop"])
    }

    // MARK: Standbys

    @Test("a standby that died is started")
    func died() async throws {
        let host = try await Self.host(.standby(of: "db2", timeline: 2), unit: "failed")
        try await Self.look(host, saying: "db1 is a standby that died: it is started", doing: ["start"])
    }

    @Test("a standby that missed a failover follows the new primary, and makes its slot there")
    func missed() async throws {
        let host = try await Self.host(.standby(of: "db3"))
        try host.put("db3", .standby(of: "db2", timeline: 2, promotion: "", "silent"))
        try await Self.look(host, saying: "db1 follows db2 from now on", doing: ["db1 follows db2"])
        #expect(try host.state("db1") == "follows db2")
        #expect(try host.slots(on: "db2") == ["db1"])
    }

    @Test("a standby that finds no slot makes it")
    func slotless() async throws {
        let host = try await Self.host(.standby(of: "db2", timeline: 2), peers: ["db2": .primary(2)])
        // It can't stream as long as it looks for the slot.
        try host.folder.write("servers/\(try host.address("db1"))/slotless", "")
        try await Self.look(host, doing: [])
        #expect(try host.slots(on: "db2") == ["db1"])
    }

    @Test(
        "a standby that a failover has just cut off does not go back to the old primary, but to its successor",
        arguments: [(1, "follows nobody"), (2, "follows db2")])
    func cutOff(timeline: Int, state: String) async throws {
        let host = try await Self.host(.standby(of: nil), peers: ["db2": .primary(timeline)])
        _ = try await LocalProgram.run("touch", ["\(host.folder.path)/data/postgresql.auto.conf"])
        try await host.run("rejoin", ["once"], exit: 0, saying: [])
        #expect(try host.state("db1") == state)
    }

    @Test("a standby that was cut off and forgotten follows the primary again")
    func forgotten() async throws {
        let host = try await Self.host(.standby(of: nil), peers: ["db2": .primary(1)])
        try await Self.look(host, saying: "db1 follows db2 from now on", doing: ["db1 follows db2"])
    }

    @Test("a standby on a later timeline than the primary is left alone")
    func ahead() async throws {
        try await Self.look(Self.host(.standby(of: nil, timeline: 3)), doing: [])
    }

    @Test("a cascaded standby follows what the inventory says")
    func cascaded() async throws {
        let cascade = (
            "db1: {address: 198.18.16.11, roles: [primary, pgpool]}",
            "db1: {address: 198.18.16.11, roles: [primary, pgpool]}\n  db4: {address: 198.18.16.14, roles: [standby], replication: async, upstream: db3}"
        )
        let host = try FakeServers("pgpool-trio", [cascade])
        try host.write("db4/rejoin script", as: "rejoin")
        let text = try host.folder.text("rejoin")
        #expect(text.contains("db1) echo db3 ;;") && text.contains("db3) echo db3 ;;"))
    }

    // MARK: An old primary returns

    @Test(
        "one that crashed recovers, is rewound and becomes a standby, with a slot on its successor and none of its own")
    func crashed() async throws {
        let host = try await Self.host(.primary(), unit: "failed")
        try await Self.look(host, saying: "db1 streams from db2", doing: ["recover"] + Self.returned)
        try Self.expectReturned(host)
    }

    @Test("one that still runs is stopped first")
    func running() async throws {
        let host = try await Self.host(.primary())
        try await Self.look(
            host, saying: "db2 is primary on timeline 2, db1 was on 1: db1 becomes its standby", "db1 streams from db2",
            doing: ["stop"] + Self.returned)
        try Self.expectReturned(host)
    }

    @Test("a primary that died and that nobody has replaced for three minutes is started")
    func nobodyCame() async throws {
        let host = try await Self.host(
            .primary(), unit: "failed", peers: ["db2": .standby(of: "db1"), "db3": .standby(of: "db1")])
        try await Self.look(host, doing: [])
        func later() async throws {
            _ = try await LocalProgram.run("touch", ["-d", "4 minutes ago", "\(host.folder.path)/kept/rejoin.died"])
        }
        try await later()
        try await Self.look(host, saying: "nobody has taken the place of db1 for three minutes", doing: ["start"])
    }

    @Test("one that died and was replaced since is never started as a primary", arguments: [true, false])
    func replaced(isSeen: Bool) async throws {
        let peers: [String: Server] =
            isSeen
            ? ["db2": .primary(2), "db3": .primary(1, "silent")] : ["db2": .standby(timeline: 2), "db3": .standby()]
        let host = try await Self.host(.primary(), unit: "failed", peers: peers)
        try host.folder.write("rewind", "impossible")
        try await host.run("rejoin", ["once"], exit: isSeen ? 1 : 0, saying: [])
        try host.put("db2", isSeen ? .primary(2, "silent") : .standby(timeline: 2))
        try host.put("db3", .standby())
        try host.folder.write("unit", "failed\n")
        _ = try await LocalProgram.run(
            "touch",
            ["-d", "4 minutes ago", "\(host.folder.path)/kept/rejoin.died", "\(host.folder.path)/kept/rejoin.told"])
        try await host.run("rejoin", ["once"], exit: 0, saying: [])
        #expect(try !host.events.contains("start"))
    }

    @Test("a standby that went on beyond its primary's line is told of, and keeps no WAL there")
    func diverged() async throws {
        let host = try await Self.host(.standby(200, of: "db2"), peers: ["db2": .primary(2)])
        try host.folder.write("servers/\(try host.address("db2"))/fork", "150")
        try host.folder.write("servers/\(try host.address("db1"))/slotless", "")
        try await Self.look(
            host, exit: 1, saying: "db1 went on beyond 0/150, where db2 began timeline 2: kumki rejoin INVENTORY db1",
            doing: [])
        #expect(try host.slots(on: "db2") == [])
    }

    @Test("a standby that follows its new primary between two looks has not gone on beyond its line")
    func followedMeanwhile() async throws {
        let host = try await Self.host(.standby(200, of: "db2", "following"), peers: ["db2": .primary(2)])
        try host.folder.write("servers/\(try host.address("db2"))/fork", "150")
        try host.folder.write("servers/\(try host.address("db1"))/slotless", "")
        try await Self.look(host, doing: [])
    }

    @Test("one that has nothing beside its successor's line is not rewound")
    func clean() async throws {
        let host = try await Self.host(.primary(), unit: "failed")
        try host.folder.write("rewind", "none")
        try await Self.look(host, saying: "db1 streams from db2", doing: ["recover", "rewind?", "start"])
        try Self.expectReturned(host, setting: "work_mem = '8MB'")
    }

    private static func expectReturned(_ host: FakeServers, setting: String = "wal_level = 'logical'") throws {
        #expect(try host.state("db1") == "follows db2")
        #expect(try host.slots(on: "db2") == ["db1"])
        #expect(try host.folder.text("data/standby.signal") == "")
        #expect(
            try host.folder.text("data/postgresql.auto.conf")
                == "\(setting)\nprimary_conninfo = '\(host.conninfo("db1", "db2"))'\nprimary_slot_name = 'db1'\n")
        #expect(try host.folder.names.contains("data.kumki-failed") == false)
        #expect(try host.folder.names(in: "data/pg_replslot") == [])
        #expect(try host.folder.names(in: "kept") == ["step.lock"])
    }

    @Test("pg_rewind says that it can't: nothing is changed, a person is told once, and it is tried again later")
    func impossible() async throws {
        let host = try await Self.host(.primary())
        try host.folder.write("rewind", "impossible")
        try await Self.look(
            host, exit: 1, saying: "pg_rewind: error: could not find common ancestor",
            "db1 can't be rewound, nothing was changed: kumki rebuild INVENTORY db1", doing: ["stop", "rewind?"])
        #expect(try !host.folder.names.contains("data.kumki-failed"))
        try await Self.look(host, exit: 1, doing: ["stop", "rewind?"])
        try host.folder.write("rewind", "none")
        _ = try await LocalProgram.run("touch", ["-d", "1 minute ago", "\(host.folder.path)/kept/rejoin.told"])
        try await Self.look(host, saying: "db1 streams from db2", doing: ["stop", "rewind?", "rewind?", "start"])
    }

    @Test("its successor no longer has the WAL that it needs: nothing is changed")
    func gone() async throws {
        let host = try await Self.host(.primary(), unit: "failed")
        try host.folder.write("gone", "")
        try await Self.look(
            host, exit: 1, saying: "db2 has no longer the WAL from 0/2000060 on", "db1 can't be rewound",
            doing: ["recover", "rewind?"])
    }

    @Test("one that can't recover is left as it is")
    func unrecoverable() async throws {
        let host = try await Self.host(.primary(), unit: "failed")
        try host.folder.write("unrecoverable", "")
        try await Self.look(
            host, exit: 1, saying: "PANIC:  could not locate a valid checkpoint record",
            "db1 can't be rewound, nothing was changed", doing: ["recover"])
    }

    @Test("a rewind that breaks leaves a mark, and after it nothing is done")
    func broken() async throws {
        let host = try await Self.host(.primary(), unit: "failed")
        try host.folder.write("rewind", "breaks")
        try await Self.look(
            host, exit: 1, saying: "the data directory is neither old nor new now: kumki rebuild INVENTORY db1",
            doing: ["recover", "rewind?", "rewind"])
        #expect(try host.folder.text("data.kumki-failed").contains("did not end"))
        try await Self.look(host, doing: ["recover", "rewind?", "rewind"])
    }

    // MARK: The script itself

    @Test(
        "the script is POSIX sh that shellcheck finds nothing in",
        arguments: [
            ("pgpool-trio", []), ("pgpool-pair", []), ("pgpool-trio", [rebuild]),
            ("pgpool-trio", [("  engine: pgpool\n", "  engine: pgpool\n  auto_rejoin: off\n")]),
            ("pgpool-trio", [("  engine: pgpool\n", "  engine: pgpool\n  auto_failover: false\n")]),
            ("pgpool-trio", [("replication:\n", "replication:\n  slots: false\n")]),
        ])
    func shellcheck(name: String, edits: [(String, String)]) async throws {
        let host = try FakeServers(name, edits)
        try host.write("db1/rejoin script", as: "rejoin")
        #expect(try await host.shellcheck("rejoin") == "")
    }
}
