import Blueprint
import Diagnostics
import FoundationEssentials
import Hosts
import Pgpool
import TestSupport
import Testing

/// pgpool-II itself reads what kumki writes for it: `KUMKI_PGPOOL_BIN` names the folders of its programs, with colons.
@Suite(
    "Programs of pgpool-II", .serialized,
    .enabled(if: !PgpoolPrograms.folders.isEmpty, "KUMKI_PGPOOL_BIN names no folder with a pgpool-II"))
struct PgpoolServerTests {
    /// It starts with them up to the point where its watchdog looks for the others, on addresses of this machine.
    @Test(
        "a pgpool-II starts with the files of its version and knows every name in them",
        arguments: PgpoolPrograms.folders)
    func accepts(folder: String) async throws {
        let said = try await LocalProgram.shell("'\(folder)/pgpool' --version 2>&1")
        let words = String(decoding: said.output, as: UTF8.self).split(separator: " ")
        let number = try #require(words.firstIndex(of: "version").map { words[$0 + 1] })
        let version = try #require(PgpoolVersion(parsing: number))
        let place = try TemporaryFolder()
        let pool = try PgpoolCase(version)
        for name in ["pgpool.conf", "pool_hba.conf", "pcp.conf", "pool_passwd", "pgpool_node_id"] {
            guard let content = pool.file(name, on: "db1") else { continue }
            try place.write(name, Self.local(content.masked, at: place.path), mode: 0o600)
        }
        // Before 4.2 it wants to see that its programs for addresses run with root's rights.
        for name in ["sudo", "ping"] { try place.write(name, "#!/bin/sh\nexit 1\n", mode: 0o4755) }
        let log = try await LocalProgram.shell(Self.start(folder, at: place.path))
        let text = String(decoding: log.output, as: UTF8.self)
        // What it says afterwards is about the other watchdogs, which are not there.
        let reading = try #require(
            text.firstRange(of: "waiting for watchdog").map { text[..<$0.lowerBound] }, "\(text)")
        for word in ["unrecognized", "syntax error", "FATAL", "ERROR", "WARNING", "invalid"] {
            #expect(!reading.contains(word), "\(version): \(reading)")
        }
    }

    private static func local(_ text: String, at folder: String) -> String {
        var text = text.replacing("198.18.16.", with: "127.18.16.").replacing("/var/run/postgresql", with: folder)
        for name in ["if_cmd_path", "arping_path"] {
            text = text.replacing("\(name) = '/usr/bin'", with: "\(name) = '\(folder)'")
        }
        // Where no watchdog is, not even its own.
        for name in ["wd_port1", "wd_port2", "other_wd_port0"] {
            text = text.replacing("\(name) = 9000", with: "\(name) = 65535")
        }
        text = text.replacing("'/usr/local/lib/kumki/pgpool-trio/pgpool'", with: "'\(folder)'")
        // It tells of a name that it does not know, but only so.
        return text.contains("backend_hostname0") ? "log_min_messages = info\n" + text : text
    }

    private static func start(_ programs: String, at folder: String) -> String {
        """
        cd '\(folder)' || exit
        '\(programs)/pgpool' -n -f pgpool.conf -a pool_hba.conf -F pcp.conf >log 2>&1 &
        pool=$!
        n=0
        until grep -q -e 'waiting for watchdog' -e FATAL log || ! kill -0 $pool 2>/dev/null || [ $n -gt 200 ]; do
        n=$((n + 1))
        sleep 0.1
        done
        cp log seen
        # At its start it may miss a signal.
        while sleep 0.2; do kill -INT $pool; done 2>/dev/null &
        signals=$!
        wait $pool
        kill $signals
        cat seen
        """
    }
}

/// Where the pgpool-II of this machine are.
private enum PgpoolPrograms {
    static let folders = (ProcessInfo.processInfo.environment["KUMKI_PGPOOL_BIN"] ?? "").split(separator: ":").map(
        String.init)
}
