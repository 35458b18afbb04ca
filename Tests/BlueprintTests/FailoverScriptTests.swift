import Hosts
import Inventory
import TestSupport
import Testing

/// The script as the watchdog's leader runs it, beside servers that do what a test wants of them.
@Suite("The failover script") struct FailoverScriptTests {
    typealias Server = FakeServers.Server

    /// The trio, any one of whose two standbys confirms.
    static func cluster(
        _ servers: [String: Server], name: String = "pgpool-trio",
        _ edits: [(String, String)] = []
    ) throws -> FakeServers {
        let cluster = try FakeServers(name, edits)
        try cluster.write("db1/failover script", as: "failover")
        for host in cluster.inventory.databaseHosts {
            try cluster.put(host.name, servers[host.name] ?? .primary(1, "silent"))
        }
        return cluster
    }

    static func lose(
        _ lost: String = "db1", primary: String = "db1", in cluster: FakeServers, exit: Int = 0,
        saying words: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await cluster.run(
            "failover", [try cluster.address(lost), try cluster.address(primary)], exit: exit, saying: words,
            sourceLocation: sourceLocation)
    }

    static let fence = "ssh postgres@198.18.16.11 fence"
    static let promoteAnyway = ("  engine: pgpool\n", "  engine: pgpool\n  missing_standbys: promote\n")
    static let third = "  db3: {address: 198.18.16.13, roles: [standby, pgpool], replication: sync}\n"

    // MARK: Who is promoted

    @Test("a lost standby moves nothing")
    func standby() async throws {
        let cluster = try Self.cluster(["db2": .standby(), "db3": .standby()])
        try await Self.lose("db2", in: cluster, saying: "db2 is lost and was not primary: nothing moves")
        #expect(try cluster.events == [])
    }

    @Test(
        "sessions that wait for a lost standby's answer end, and pgpool-II's own checks of it and its watchdog do not")
    func waiting() async throws {
        let cluster = try Self.cluster(["db2": .standby(), "db3": .standby()])
        let started = try await LocalProgram.run(
            "bash",
            [
                "-c",
                """
                for name in 'pgpool: app app 198.18.16.1(5000)' 'pgpool: health check process(1)' 'pgpool: watchdog'; do
                    (exec -a "$name" sleep 60 >/dev/null 2>&1) & echo $!
                done
                """,
            ])
        let processes = started.outputText.split(separator: "\n").map(String.init)
        try #require(processes.count == 3)
        let seen = processes.map {
            "SYN-SENT 0 1 198.18.16.13:4000 198.18.16.12:5432 users:((\"pgpool\",pid=\($0),fd=9))"
        }
        try cluster.folder.write("bin/ss", "#!/bin/sh\necho '\(seen.joined(separator: "\n"))'\n", mode: 0o755)
        try await Self.lose("db2", in: cluster, saying: "db2 is lost and was not primary: nothing moves")
        // One that has ended and that nobody has asked about has no words left.
        let look =
            "for p in \(processes.joined(separator: " ")); do ! grep -q . /proc/$p/cmdline || { echo $p; kill $p; }; done"
        let left = try await LocalProgram.run("sh", ["-c", look])
        #expect(left.outputText == processes[1...].map { $0 + "\n" }.joined())
    }

    @Test("about a server that kumki has leave the pool nothing is done, and about another one it is")
    func inert() async throws {
        let cluster = try Self.cluster(["db2": .standby(100), "db3": .standby(200)])
        try cluster.folder.write("kept/inert", cluster.address("db1") + "\n")
        try await Self.lose(in: cluster)
        #expect(try cluster.events == [])
        try cluster.folder.write("kept/inert", cluster.address("db2") + "\n")
        try await Self.lose(in: cluster, saying: "db3 is primary")
    }

    @Test("a mark that a killed kumki left behind holds no failover up")
    func forgotten() async throws {
        let cluster = try Self.cluster(["db2": .standby(100), "db3": .standby(200)])
        try cluster.folder.write("kept/inert", cluster.address("db1") + "\n")
        _ = try await LocalProgram.run("touch", ["-d", "10 minutes ago", "\(cluster.folder.path)/kept/inert"])
        try await Self.lose(in: cluster, saying: "db3 is primary")
    }

    @Test("the most advanced standby is promoted, and the others follow it with slots of their own")
    func mostAdvanced() async throws {
        let cluster = try Self.cluster(["db2": .standby(100), "db3": .standby(200)])
        try await Self.lose(in: cluster, saying: "db3 is primary", "db2 follows db3", "db1 is down for sure")
        #expect(try cluster.state("db3") == "primary 2")
        #expect(try cluster.state("db2") == "follows db3")
        #expect(try cluster.slots(on: "db3") == ["db1", "db2"])
        let events = try cluster.events
        let promotion = try #require(events.firstIndex(of: "db3 promote"))
        #expect(Set(events[..<promotion]).subtracting([Self.fence]) == ["db2 cut off", "db3 cut off"])
        #expect(events[promotion...].contains("db3 checkpoint"))
    }

    @Test(
        "of equals the one whose pgpool-II is least likely to lead, whoever runs the script",
        arguments: [("", "db2"), (", pgpool: {priority: 9}", "db3")])
    func equals(priority: String, new: String) async throws {
        let second = "  db2: {address: 198.18.16.12, roles: [standby, pgpool], replication: sync"
        let cluster = try Self.cluster(
            ["db2": .standby(), "db3": .standby()], priority.isEmpty ? [] : [(second, second + priority)])
        try await Self.lose(in: cluster, saying: "\(new) is primary")
        #expect(try cluster.state(new) == "primary 2")
        #expect(try cluster.state(new == "db2" ? "db3" : "db2") == "follows \(new)")
    }

    @Test("a newer timeline beats a higher position")
    func newerTimeline() async throws {
        let cluster = try Self.cluster(["db2": .standby(50, timeline: 2), "db3": .standby(200)])
        try await Self.lose(in: cluster)
        #expect(try cluster.state("db2") == "primary 3")
    }

    @Test(
        "one that may not lead and holds more hands it over first",
        arguments: [Server.standby(200), .standby(40, timeline: 2)])
    func handOver(fuller: Server) async throws {
        let cluster = try Self.cluster(
            ["db2": .standby(100), "db3": fuller],
            [(Self.third, Self.third.replacing("sync}", with: "{mode: sync, failover: false}}"))])
        try await Self.lose(in: cluster, saying: "db2 gets the rest from db3", "db3 follows db2")
        let events = try cluster.events
        let handed = try #require(events.firstIndex(of: "db2 follows db3"))
        #expect(try handed < #require(events.firstIndex(of: "db2 promote")))
        #expect(try cluster.state("db2") == "primary \(fuller.timeline + 1)")
        #expect(try cluster.slots(on: "db3") == [])
    }

    @Test("one that holds more and can't hand it over: nobody is promoted, and the old primary is left as it is")
    func noHandOver() async throws {
        let cluster = try Self.cluster(
            ["db1": .primary(), "db2": .standby(100, of: "db1", "lagging"), "db3": .standby(200)],
            [(Self.third, Self.third.replacing("sync}", with: "{mode: sync, failover: false}}"))])
        try await Self.lose(in: cluster, exit: 1, saying: "given up: db2 does not catch up with db3")
        #expect(try cluster.state("db2") == "follows db1")
        #expect(try cluster.state("db3") == "follows db1")
        #expect(try !cluster.events.contains { $0.hasPrefix("ssh") || $0.hasSuffix("promote") })
    }

    @Test("one that streams from another standby is left alone, and gets no slot that nobody would use")
    func elsewhere() async throws {
        let fourth = "  db4: {address: 198.18.16.14, roles: [standby], replication: async, upstream: db3}\n"
        let cluster = try Self.cluster(
            ["db2": .standby(), "db3": .standby(), "db4": .standby(900, of: "db3")], [(Self.third, Self.third + fourth)]
        )
        try await Self.lose(in: cluster, saying: "db2 is primary")
        #expect(try cluster.state("db4") == "follows db3")
        #expect(try !cluster.events.contains("db4 cut off"))
        #expect(try cluster.slots(on: "db2") == ["db1", "db3"])
    }

    @Test("one that was pointed elsewhere and belongs below the old primary counts, and is cut off")
    func pointedElsewhere() async throws {
        let cluster = try Self.cluster(["db2": .standby(of: "db3"), "db3": .standby(200)])
        try await Self.lose(in: cluster, saying: "db3 is primary", "db2 follows db3")
        #expect(try cluster.events.contains("db2 cut off"))
    }

    @Test("an old primary of an earlier timeline is nobody to follow")
    func staleAlready() async throws {
        let cluster = try Self.cluster(
            ["db2": .primary(1), "db3": .standby(timeline: 2)], [("confirm: 1", "confirm: 2")])
        try await Self.lose(in: cluster, saying: "db3 is primary")
        #expect(try cluster.state("db3") == "primary 3")
    }

    // MARK: Who answers

    @Test(
        "too few to know of every confirmed commit: nobody is promoted, and those cut off follow the old primary again")
    func tooFew() async throws {
        let cluster = try Self.cluster(["db1": .primary(), "db2": .standby()])
        try await Self.lose(
            in: cluster, exit: 1, saying: "given up: only 1 of 2 standbys answer, and db1 answers again",
            "db2 follows db1 again")
        #expect(try cluster.state("db2") == "follows db1")
        #expect(try cluster.events == ["db2 cut off", "db2 follows db1"])
        // The old primary answers again: nobody waits for the other standby.
        #expect(try #require(Int(cluster.folder.text("clock").filter(\.isNumber))) < 1200)
    }

    @Test("too few, and the old primary does not answer: the missing one is waited for")
    func waitsForMissing() async throws {
        let cluster = try Self.cluster(["db2": .standby()])
        try await Self.lose(
            in: cluster, exit: 1, saying: "given up: only 1 of the 2 standbys answer", "db2 follows db1 again")
        #expect(try #require(Int(cluster.folder.text("clock").filter(\.isNumber))) >= 1060)
    }

    @Test("two confirmations of two standbys: any one of them knows every commit")
    func oneOfTwo() async throws {
        let cluster = try Self.cluster(["db2": .standby()], [("confirm: 1", "confirm: 2")])
        try await Self.lose(in: cluster, saying: "db2 is primary")
        #expect(try cluster.state("db2") == "primary 2")
    }

    @Test("too few, and the inventory says that it goes on: it says that rows may be lost")
    func anyway() async throws {
        let cluster = try Self.cluster(["db2": .standby()], [Self.promoteAnyway])
        try await Self.lose(in: cluster, saying: "only 1 of the 2 standbys answer", "db2 is primary")
        #expect(try cluster.state("db2") == "primary 2")
    }

    @Test("an asynchronous standby is promoted by itself")
    func asynchronous() async throws {
        let cluster = try Self.cluster(["db2": .standby()], name: "pgpool-pair")
        try await Self.lose(in: cluster, saying: "db2 is primary")
        #expect(try cluster.state("db2") == "primary 2")
    }

    @Test("no standby answers", arguments: [("pgpool-pair", false), ("pgpool-trio", true)])
    func nobody(name: String, goesOn: Bool) async throws {
        let cluster = try Self.cluster([:], name: name, goesOn ? [Self.promoteAnyway] : [])
        try await Self.lose(in: cluster, exit: 1, saying: "given up: ", "psql: error: connection to server failed")
        #expect(try cluster.events == [])
    }

    @Test("a server that hangs is given up by its limit")
    func hanging() async throws {
        let cluster = try Self.cluster(
            ["db2": .standby(), "db3": .standby(100, of: "db1", "hanging")], [Self.promoteAnyway])
        try await Self.lose(in: cluster, saying: "db2 is primary")
        #expect(try cluster.state("db3") == "follows db1")
    }

    @Test(
        "one that was cut off and did not tell what it has follows the old primary again",
        arguments: ["stuck", "garbled"])
    func untold(quirk: String) async throws {
        let cluster = try Self.cluster(
            ["db1": .primary(), "db2": .standby(), "db3": .standby(100, of: "db1", quirk)])
        try await Self.lose(in: cluster, exit: 1, saying: "given up: ", "db3 follows db1 again")
        #expect(try cluster.state("db3") == "follows db1")
    }

    @Test("one that was cut off and did not tell what it has follows the new primary")
    func untoldAndPromoted() async throws {
        let cluster = try Self.cluster(
            ["db2": .standby(), "db3": .standby(100, of: "db1", "stuck")], [("confirm: 1", "confirm: 2")])
        try await Self.lose(in: cluster, saying: "db2 is primary", "db3 follows db2")
        #expect(try cluster.state("db3") == "follows db2")
    }

    // MARK: The promotion

    @Test("a standby that refuses: the others follow the old primary again")
    func refused() async throws {
        let cluster = try Self.cluster(["db1": .primary(), "db2": .standby(promotion: "refuses"), "db3": .standby()])
        try await Self.lose(
            in: cluster, exit: 1, saying: "given up: db2 can't be promoted", "ERROR:  permission denied")
        #expect(try !cluster.events.contains(Self.fence))
        #expect(try cluster.state("db2") == "follows db1")
        #expect(try cluster.state("db3") == "follows db1")
    }

    @Test("a standby whose postmaster can't be told to promote: the others follow the old primary again")
    func unheard() async throws {
        let cluster = try Self.cluster(["db1": .primary(), "db2": .standby(promotion: "unheard"), "db3": .standby()])
        try await Self.lose(in: cluster, exit: 1, saying: "given up: db2 can't be promoted")
        #expect(try !cluster.events.contains(Self.fence))
        #expect(try cluster.state("db3") == "follows db1")
    }

    @Test("a promotion that takes long is not taken back")
    func late() async throws {
        let cluster = try Self.cluster(["db1": .primary(), "db2": .standby(promotion: "late"), "db3": .standby()])
        try await Self.lose(
            in: cluster, saying: "db2 is primary once it has replayed all that it has", "db3 follows db2")
        #expect(try cluster.state("db3") == "follows db2")
    }

    @Test("a promotion whose answer is lost counts")
    func answerLost() async throws {
        let cluster = try Self.cluster(["db2": .standby(promotion: "answer lost"), "db3": .standby()])
        try await Self.lose(in: cluster, saying: "db2 is primary", "db3 follows db2")
        #expect(try cluster.events.filter { $0 == "db2 promote" }.count == 1)
    }

    @Test("where nobody knows whether a server promotes itself, nobody follows the old primary again")
    func unknown() async throws {
        let cluster = try Self.cluster(["db1": .primary(), "db2": .standby(promotion: "lost"), "db3": .standby()])
        try await Self.lose(in: cluster, exit: 1, saying: "nobody knows whether db2 promotes itself")
        #expect(try cluster.state("db3") == "follows nobody")
        #expect(try cluster.events.filter { $0 == "db2 promote" }.count == 2)
    }

    @Test("the old primary is fenced, and ssh that hangs holds nothing up")
    func fence() async throws {
        let cluster = try Self.cluster(["db2": .standby(), "db3": .standby()])
        try cluster.folder.write("ssh-hangs", "")
        try await Self.lose(in: cluster, saying: "db2 is primary", "db3 follows db2")
        #expect(try cluster.events.contains(Self.fence))
    }

    @Test("without keys nothing is fenced")
    func noKeys() async throws {
        let cluster = try Self.cluster(
            ["db2": .standby(), "db3": .standby()], [("ha:\n", "key_exchange: off\n\nha:\n")])
        try await Self.lose(in: cluster, saying: "db2 is primary")
        #expect(try !cluster.events.contains { $0.hasPrefix("ssh") })
    }

    // MARK: The script itself

    @Test("a name that needs quotes and backslashes comes out as it is")
    func quoting() async throws {
        let cluster = try Self.cluster(
            ["db2": .standby(), "db3": .standby()],
            [("replication:\n", "replication:\n  user: \"it's \\\\n odd\"\n")])
        try await Self.lose(in: cluster, saying: "db3 follows db2")
        #expect(try cluster.state("db3") == "follows db2")
    }

    @Test(
        "the script is POSIX sh that shellcheck finds nothing in",
        arguments: [
            ("pgpool-trio", []), ("pgpool-pair", []), ("pgpool-trio", [promoteAnyway]),
            ("pgpool-trio", [("ha:\n", "key_exchange: off\n\nha:\n")]),
        ])
    func shellcheck(name: String, edits: [(String, String)]) async throws {
        let cluster = try Self.cluster([:], name: name, edits)
        #expect(try await cluster.shellcheck("failover") == "")
    }
}
