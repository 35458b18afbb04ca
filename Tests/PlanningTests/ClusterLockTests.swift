import Applying
import Diagnostics
import Hosts
import Inventory
import Planning
import PostgreSQL
import TestSupport
import Testing

/// The lock's own script, carried out here in folders that stand for hosts.
@Suite("One operator at a time")
struct ClusterLockTests {
    private static let hosts = ["db1", "db2"].enumerated().map { number, name in
        InventoryHost(name: name, address: "198.18.0.1\(number + 1)", roles: [number == 0 ? .primary : .standby])
    }

    private static func take(
        _ holder: String, leavesEngine: Bool = false, in folder: TemporaryFolder
    ) async throws -> ClusterLock {
        try await ClusterLock.take(
            on: hosts, cluster: "shop", holder: holder, leavesEngine: leavesEngine, provider: Folders(folder: folder))
    }

    /// As the rejoin script asks it.
    private static func engineMayAct(in folder: TemporaryFolder) async throws -> Bool {
        let kept = "\(folder.path)/db1/shop"
        return try await LocalProgram.shell("[ ! -e \(kept)/lock ] || flock -n \(kept)/lock true").succeeded
    }

    @Test(
        "while one holds it, a second is told who does; a drill leaves an engine's own scripts their way",
        arguments: [false, true], [false, true])
    func excluded(first: Bool, second: Bool) async throws {
        let folder = try TemporaryFolder()
        let lock = try await Self.take("alice, drill", leavesEngine: first, in: folder)
        #expect(try await Self.engineMayAct(in: folder) == first)
        let held = await #expect(throws: ClusterLock.Held.self) {
            try await Self.take("bob, apply", leavesEngine: second, in: folder)
        }
        #expect(held?.host == "db1" && held?.holder == "alice, drill")
        await lock.release()
        let next = try await Self.take("bob, apply", leavesEngine: second, in: folder)
        #expect(try await Self.engineMayAct(in: folder) == second)
        await next.release()
    }
}

private struct Folders: HostProvider {
    let folder: TemporaryFolder

    func host(for host: InventoryHost) async throws -> any Host {
        FolderHost(name: host.name, folder: folder)
    }
}

private struct FolderHost: Host {
    let name: String
    let folder: TemporaryFolder

    func run(_ script: Script) async throws -> Outcome { try await LocalProgram.shell(script.text.revealed) }

    func upload(_ bytes: [UInt8], to path: String, limit: Duration) async throws {}

    func hold(_ script: Script) async throws -> any Hold {
        let place = "\(folder.path)/\(name)"
        let hold = "\(place)/hold-\(UInt64.random(in: 0...UInt64.max))"
        try folder.make(name)
        let text = script.text.revealed
            .split(separator: "/var/lib/kumki", omittingEmptySubsequences: false).joined(separator: place)
            .split(separator: "exec cat >/dev/null", omittingEmptySubsequences: false)
            .joined(separator: "until [ -e \(hold).over ]; do sleep 0.05; done")
        let running = Task { try await LocalProgram.shell("exec >\(hold)\n\(text)") }
        // The script has a limit of its own for each wait.
        let greeting = try await LocalProgram.shell(
            "n=0; until [ -s \(hold) ] || [ $n -gt 200 ]; do n=$((n + 1)); sleep 0.05; done; head -n 1 \(hold)")
        return FolderHold(greeting: greeting.outputText.filter { $0 != "\n" }, file: "\(hold).over", running: running)
    }

    func close() async {}
}

private struct FolderHold: Hold {
    let greeting: String
    let file: String
    let running: Task<Outcome, any Error>

    func release() async {
        _ = try? await LocalProgram.shell(": >\(file)")
        _ = try? await running.value
    }
}
