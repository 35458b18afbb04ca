import Hosts
import Inventory
import TestSupport
import Testing

/// Where nobody could be promoted, or somebody is primary already.
extension FailoverScriptTests {
    // MARK: Where somebody is primary already

    @Test("where somebody is primary already, the others follow that one")
    func already() async throws {
        let cluster = try Self.cluster(["db2": .primary(2), "db3": .standby()])
        try await Self.lose(in: cluster, saying: "db2 is primary already", "db3 follows db2")
        #expect(try cluster.state("db3") == "follows db2")
        #expect(try cluster.state("db2") == "primary 2")
    }

    @Test("one that was promoted by hand and lacks what another standby has: a person has to decide")
    func alreadyBehind() async throws {
        let cluster = try Self.cluster(["db1": .primary(1, "hanging"), "db2": .primary(2), "db3": .standby(200)])
        try cluster.folder.write("servers/\(try cluster.address("db2"))/fork", "150")
        try await Self.lose(
            in: cluster, exit: 1, saying: "nothing moves: db2 is primary, and db3 has more than db2 began with")
        #expect(try cluster.state("db3") == "follows nobody")
    }

    @Test("one that was promoted by hand counts for no more than itself")
    func alreadyAlone() async throws {
        let cluster = try Self.cluster(["db2": .primary(2)])
        try await Self.lose(
            in: cluster, exit: 1, saying: "nothing moves: db2 is primary, and only 1 of the 2 standbys answer")
    }

    @Test("one that may not lead and was promoted by hand: a person has to decide")
    func alreadyForbidden() async throws {
        let cluster = try Self.cluster(
            ["db2": .standby(), "db3": .primary(2)],
            [(Self.third, Self.third.replacing("sync}", with: "{mode: sync, failover: false}}"))])
        try await Self.lose(in: cluster, exit: 1, saying: "nothing moves: db3 is primary and may not lead")
    }

    @Test("two primaries: a person has to decide")
    func twoPrimaries() async throws {
        let cluster = try Self.cluster(["db2": .primary(2), "db3": .primary(2)])
        try await Self.lose(in: cluster, exit: 1, saying: "nothing moves: db2 and db3 are both primary")
    }

    // MARK: After it gave up

    @Test("the old primary that answers again gets its clients back")
    func answersAgain() async throws {
        let cluster = try Self.cluster(["db1": .primary(), "db2": .standby()])
        try cluster.folder.make("pool")
        try cluster.folder.write("pool/primary", "-1")
        try await Self.lose(
            in: cluster, exit: 1, saying: "given up: only 1 of 2 standbys answer, and db1 answers again",
            "db1 answers again: it gets its clients back")
        #expect(try cluster.events == ["db2 cut off", "db2 follows db1", "pcp_attach_node 0"])
    }

    @Test("the old primary gets no clients beside another one", arguments: ["role", "pool"])
    func rival(known: String) async throws {
        let third = Server.primary(2, "silent")
        let cluster = try Self.cluster(["db1": .primary(), "db2": .standby(), "db3": third])
        try cluster.folder.make("pool")
        try cluster.folder.write("pool/primary", known == "pool" ? "2" : "-1")
        // It answers once the failover was given up.
        let silent = "\(cluster.folder.path)/servers/\(try cluster.address("db3"))/silent"
        let sleep = try cluster.folder.text("bin/sleep")
        if known == "role" {
            try cluster.folder.write("bin/sleep", "\(sleep)\n[ \"$1\" != 2 ] || rm -f \(silent)\n", mode: 0o755)
        }
        try await Self.lose(in: cluster, exit: 1, saying: "given up: only 1 of 2 standbys answer")
        #expect(try !cluster.events.contains { $0.hasPrefix("pcp") })
    }

    @Test(
        "a promotion that takes longer than pgpool-II looks for it is told of",
        arguments: [("", ["pcp_detach_node 0", "pcp_attach_node 0"]), ("1", ["pcp_attach_node 1"])])
    func told(down: String, told: [String]) async throws {
        let cluster = try Self.cluster(["db1": .standby(of: "db2"), "db2": .standby(200), "db3": .standby()])
        try cluster.folder.make("pool")
        try cluster.folder.write("pool/primary", "-1")
        try cluster.folder.write("pool/down", down)
        try await Self.lose(in: cluster, saying: "db2 is primary")
        let events = try cluster.events
        #expect(events.filter { $0.hasPrefix("pcp") } == told, "\(events)")
    }
}
