import Blueprint
import Hosts
import Resources
import TestSupport
import Testing

/// The script as it lies on a host, beside programs that answer what a test wants to hear.
@Suite("The start guard") struct StartGuardTests {
    @Test("a standby starts and asks nobody", arguments: [("11", "recovery.conf"), ("15", "standby.signal")])
    func standby(version: String, file: String) async throws {
        let host = try GuardedHost(version: version)
        host.peers = ["db2": .primary(9)]
        try host.folder.write(file, "")
        try await host.expect(.exit(0), saying: [])
        #expect(try host.looks == 0)
    }

    @Test("the other era's file makes no standby", arguments: [("11", "standby.signal"), ("15", "recovery.conf")])
    func otherEra(version: String, file: String) async throws {
        let host = try GuardedHost(version: version)
        host.peers = ["db2": .primary(2)]
        try host.folder.write(file, "")
        try await host.expect(
            .exit(1), saying: ["refused: db2 (198.18.14.12) is primary on timeline 2", "refused: kumki rejoin"])
    }

    @Test("an old primary stays down while a peer is on a later timeline, and says who and what next")
    func later() async throws {
        let host = try GuardedHost()
        host.peers = ["db2": .primary(2), "db3": .standby(1), "db4": .silent]
        try await host.expect(
            .exit(1),
            saying: [
                "refused: db2 (198.18.14.12) is primary on timeline 2, the data of db1 ends on timeline 1",
                "refused: kumki rejoin INVENTORY db1 makes a standby of db1",
            ])
        host.peers = ["db2": .silent, "db3": .standby(2), "db4": .silent]
        try await host.expect(
            .exit(1), saying: ["refused: db3 (198.18.14.13) is on timeline 2", "refused: kumki rejoin"])
    }

    @Test("a peer that is primary on the same timeline is a primary too many")
    func same() async throws {
        let host = try GuardedHost()
        host.peers = ["db2": .standby(1), "db3": .primary(1), "db4": .standby(1)]
        try await host.expect(
            .exit(1), saying: ["refused: db3 (198.18.14.13) is primary on timeline 1", "refused: kumki rejoin"])
    }

    @Test("before version 10, which can't be asked for more, the later timeline alone tells")
    func withoutShow() async throws {
        let host = try GuardedHost(version: "9.6")
        host.peers = ["db2": .old(2)]
        try await host.expect(.exit(1), saying: ["refused: db2 (198.18.14.12) is on timeline 2", "refused: kumki"])
        host.peers = ["db2": .old(1)]
        try await host.expect(
            .exit(0), saying: ["db3 (198.18.14.13) does not answer", "db4 (198.18.14.14) does not answer"])
    }

    @Test("the newest primary starts beside its standbys and beside an old primary")
    func newest() async throws {
        let host = try GuardedHost()
        host.timeline = 2
        host.peers = ["db2": .standby(2), "db3": .standby(1), "db4": .primary(1)]
        try await host.expect(.exit(0), saying: [])
    }

    @Test("a promotion counts from its first moment, before its checkpoint")
    func promoted() async throws {
        let host = try GuardedHost()
        host.promoted = 2
        host.peers = ["db2": .primary(2), "db3": .standby(2), "db4": .standby(2)]
        try await host.expect(
            .exit(1),
            saying: [
                "refused: db2 (198.18.14.12) is primary on timeline 2, the data of db1 ends on timeline 2",
                "refused: kumki",
            ])
        host.peers = ["db2": .primary(1), "db3": .standby(2), "db4": .standby(2)]
        try await host.expect(.exit(0), saying: [])
    }

    @Test("a whole cluster that lost its power comes up: nobody answers, and the primary starts at once")
    func alone() async throws {
        let host = try GuardedHost()
        try await host.expect(
            .exit(0),
            saying: ["db2 (198.18.14.12) does not answer; db1 starts all the same"] + [
                "db3 (198.18.14.13) does not answer", "db4 (198.18.14.14) does not answer",
            ])
        #expect(try host.looks == 1)
    }

    @Test("a host that has just booted asks silent peers again for ten seconds")
    func booting() async throws {
        let host = try GuardedHost()
        host.peers = ["db3": .standby(1), "db4": .standby(1)]
        host.uptime = 20
        try await host.expect(.exit(0), saying: ["db2 (198.18.14.12) does not answer"])
        #expect(try host.looks == 11)
    }

    @Test("a peer that starts up is waited for half a minute, and then proves nothing")
    func starting() async throws {
        let host = try GuardedHost()
        host.peers = ["db2": .starting, "db3": .standby(1), "db4": .standby(1)]
        try await host.expect(.exit(0), saying: ["db2 (198.18.14.12) is starting up; db1 starts all the same"])
        #expect(try host.looks == 31)
    }

    @Test("a peer that runs and lets nobody look may be the new primary: the server stays down")
    func closed() async throws {
        let host = try GuardedHost()
        host.peers = ["db2": .closed, "db3": .silent, "db4": .standby(1)]
        try await host.expect(
            .exit(1),
            saying: [
                "refused: db2 (198.18.14.12) runs PostgreSQL and does not let db1 look: FATAL:  password authentication failed",
                "refused: kumki start INVENTORY looks for itself and starts db1 if it may",
            ])
        #expect(try host.looks == 31)
    }

    @Test("kumki's own start waits for nobody, and a later timeline stops it all the same")
    func marked() async throws {
        let host = try GuardedHost()
        try host.folder.write("mark", "")
        host.peers = ["db2": .closed, "db3": .starting, "db4": .silent]
        try await host.expect(.exit(0), saying: [])
        #expect(try host.looks == 1)
        host.peers["db4"] = .standby(2)
        try await host.expect(.exit(1), saying: ["refused: db4 (198.18.14.14) is on timeline 2", "refused: kumki"])
    }

    @Test("a mark that was left behind means nothing after two minutes")
    func oldMark() async throws {
        let host = try GuardedHost()
        try host.folder.write("mark", "")
        _ = try await LocalProgram.run("touch", ["-d", "3 minutes ago", "\(host.folder.path)/mark"])
        host.peers = ["db2": .closed]
        try await host.expect(.exit(1), saying: ["refused: db2", "refused: kumki start"])
    }

    @Test("another database cluster at a peer's address proves nothing")
    func other() async throws {
        let host = try GuardedHost()
        host.peers = ["db2": .other(7), "db3": .standby(1), "db4": .standby(1)]
        try await host.expect(.exit(0), saying: ["db2 (198.18.14.12) holds another database cluster"])
    }

    @Test("a data directory that pg_controldata can't read is not started")
    func unreadable() async throws {
        let host = try GuardedHost()
        host.timeline = nil
        try await host.expect(.exit(1), saying: ["refused: pg_controldata tells no timeline", "refused: see"])
    }

    @Test("a peer that accepts and says no more is given up", .timeLimit(.minutes(1)))
    func hanging() async throws {
        let host = try GuardedHost()
        host.peers = ["db2": .hanging, "db3": .hanging, "db4": .standby(2)]
        try await host.expect(
            .exit(1), saying: ["refused: db4 (198.18.14.14) is on timeline 2", "refused: kumki rejoin"])
    }

    @Test("the script is POSIX sh that shellcheck finds nothing in", arguments: ["9.6", "15"])
    func shellcheck(version: String) async throws {
        let host = try GuardedHost(version: version)
        let check = try await LocalProgram.run("shellcheck", ["\(host.folder.path)/start-guard"])
        #expect(check.outputText + check.errorText == "")
    }

    @Test("a cluster of one host has no guard")
    func single() throws {
        let inventory = try PlaybookTests.inventory("single")
        #expect(ServerLocation(inventory).startGuard == nil)
    }
}
