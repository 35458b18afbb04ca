import FoundationEssentials
import Hosts
import Lab
import Synchronization
import Testing

/// A `kumki` that runs while the test goes on.
struct BackgroundRun: Sendable {
    let process: Int32
    /// Where its standard output and standard error go.
    let log: String

    func signal(_ name: String) async throws {
        _ = try await LocalPrograms().run(Command("sh", ["-c", "kill -\(name) \(process)"]))
    }

    var isRunning: Bool {
        // A zombie is no longer running: its parent is a shell that has gone, so it does not stay one.
        FileManager.default.fileExists(atPath: "/proc/\(process)/exe")
    }

    var output: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }
}

extension LabCluster {
    func startInBackground(_ command: String, _ arguments: String...) async throws -> BackgroundRun {
        try await startInBackground(command, arguments)
    }

    func startInBackground(_ command: String, _ arguments: [String]) async throws -> BackgroundRun {
        let log = "\(folder)/background.log"
        let words = ([Self.binary, command, file] + arguments).map { "'\($0)'" }.joined(separator: " ")
        let script = "setsid \(words) >'\(log)' 2>&1 </dev/null & echo $!"
        let outcome = try await LocalPrograms().run(Command("sh", ["-c", script]))
        let number = outcome.outputText.split(separator: "\n").first.flatMap { Int32($0) }
        return BackgroundRun(process: try #require(number, "\(outcome.errorText)"), log: log)
    }

    /// The lines that every host's journal has now, host by host, read from the containers' disks.
    ///
    /// Cheap enough to be asked many times a second while a step runs.
    func journal() throws -> [String] {
        try disks.withLock { disks in
            try lab.topology.containers.flatMap { container -> [String] in
                let disk = try #require(disks[container.host], "the disk of \(container.host) is not known")
                let path = "\(disk)/var/lib/kumki/\(name)/journal"
                guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
                return text.split(separator: "\n").map(String.init)
            }
        }
    }

    /// Asks the container engine where the hosts' disks lie.
    func findDisks() async throws {
        for container in lab.topology.containers {
            let format = "{{.GraphDriver.Data.MergedDir}}"
            let inspect = lab.engine.command(["container", "inspect", "--format", format, container.name])
            let path = try await LocalPrograms().run(inspect).outputText.split(separator: "\n").first.map(String.init)
            disks.withLock { $0[container.host] = path }
        }
    }

    /// Runs a script as root of this machine in the mounts of a host.
    func onMachine(
        _ script: String, in host: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let container = try #require(lab.topology.containers.first { $0.host == host })
        let inspect = lab.engine.command(["container", "inspect", "--format", "{{.State.Pid}}", container.name])
        let process = try await LocalPrograms().run(inspect).outputText.split(separator: "\n").first ?? ""
        let outcome = try await LocalPrograms().run(
            Command("nsenter", ["-t", String(process), "-m", "--", "sh", "-c", script]))
        if outcome.succeeded { return }
        Issue.record("\(host): \(script)\n\(outcome.errorText)", sourceLocation: sourceLocation)
    }
}
