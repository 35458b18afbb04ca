import Hosts
import Inventory
import TestSupport
import Testing

/// Where `auto_rejoin: rebuild` allows a new copy.
extension RejoinScriptTests {
    @Test(
        "where the inventory allows it, data that can't be rewound is kept, and a new copy takes its place",
        arguments: [("unrecoverable", []), ("rewind", ["rewind?"]), ("gone", ["rewind?"])])
    func copied(why: String, tried: [String]) async throws {
        let host = try await Self.host(.primary(), unit: "failed", [Self.rebuild])
        try host.folder.write(why, "impossible")
        try await Self.look(
            host, saying: "db1 gets a new copy of db2", "what db1 had is kept in ", "db1 streams from db2",
            doing: ["recover"] + tried + ["basebackup", "start"])
        #expect(try host.state("db1") == "follows db2")
        #expect(try host.folder.names(in: "data").contains("new"))
        #expect(try host.folder.text("data.kumki-old/postgresql.auto.conf").hasPrefix("work_mem"))
        #expect(try !host.folder.names.contains("data.kumki-new"))
        #expect(try !host.folder.text("data/postgresql.auto.conf").contains("that of its source"))
    }

    @Test("what an earlier copy left is never touched")
    func leftover() async throws {
        let host = try await Self.host(.primary(), unit: "failed", [Self.rebuild])
        try host.folder.write("rewind", "impossible")
        try host.folder.make("data.kumki-old")
        try await Self.look(
            host, exit: 1,
            saying: "db1 needs a new copy, and \(host.folder.path)/data.kumki-old of an earlier one is still there",
            doing: ["recover", "rewind?"])
        #expect(try host.folder.text("data/PG_VERSION") == "15\n")
    }

    @Test("a copy that breaks changes nothing")
    func brokenCopy() async throws {
        let host = try await Self.host(.primary(), unit: "failed", [Self.rebuild])
        try host.folder.write("rewind", "impossible")
        try host.folder.write("basebackup-breaks", "")
        try await Self.look(
            host, exit: 1, saying: "pg_basebackup: error: could not write to file",
            "the new copy was not finished, nothing was changed", doing: ["recover", "rewind?", "basebackup"])
        let names = try host.folder.names
        #expect(names.contains("data") && !names.contains("data.kumki-new") && !names.contains("data.kumki-old"))
    }

    @Test("tablespaces are left to a person")
    func tablespaces() async throws {
        let host = try await Self.host(.primary(), unit: "failed", [Self.rebuild])
        try host.folder.write("rewind", "impossible")
        try host.folder.make("data/pg_tblspc/16385")
        try await Self.look(
            host, exit: 1, saying: "db1 needs a new copy, and its data directory is not in one place",
            doing: ["recover", "rewind?"])
    }

    @Test("a copy that was complete when its maker was killed takes its place")
    func interrupted() async throws {
        let host = try await Self.host(.primary(), unit: "inactive", [Self.rebuild])
        for (name, place) in [("data", "data.kumki-old"), ("copy", "data.kumki-new")] {
            if name == "copy" { try host.folder.make(name) }
            _ = try await LocalProgram.run("mv", ["\(host.folder.path)/\(name)", "\(host.folder.path)/\(place)"])
        }
        try host.folder.write("data.kumki-new/PG_VERSION", "15\n")
        try host.folder.write("data.kumki-new/standby.signal", "")
        try host.folder.write(
            "data.kumki-new/postgresql.auto.conf", "primary_conninfo = '\(try host.conninfo("db1", "db2"))'\n")
        try await Self.look(host, doing: [])
        try host.folder.write("kept/rejoining", "")
        try await Self.look(host, saying: "db1 is a standby that died: it is started", doing: ["start"])
        #expect(try host.state("db1") == "follows db2")
    }
}
