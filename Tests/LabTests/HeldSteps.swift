import Hosts
import Lab
import Synchronization
import Testing

/// Holds kumki wherever a step begins or ends on a host, however busy the machine is.
///
/// A step's script writes a line into its host's journal before the step and after it, and has to wait there.
actor HeldSteps {
    private enum Event {
        case lines([String], JournalGate)
        case ended
        /// The hosts run no step any more.
        case quiet
    }

    /// Where a command was killed, `begin db1/initdb`, and what it said when it ended by itself.
    struct Kills: Sendable, CustomStringConvertible {
        var points: [String] = []
        var output = ""

        func contain(_ step: String) -> Bool { points.contains { $0.hasSuffix(step) } }
        var description: String { "\(points.joined(separator: ", "))\n\(output)" }
    }

    private let cluster: LabCluster
    private var gates: [JournalGate] = []
    private let events: AsyncStream<Event>
    private let send: AsyncStream<Event>.Continuation
    /// The hosts where the next line is let in.
    private var open: [String: Task<Void, Never>] = [:]

    fileprivate init(_ cluster: LabCluster) async throws {
        self.cluster = cluster
        (events, send) = AsyncStream.makeStream()
        let folder = "/var/lib/kumki/\(cluster.name)"
        for host in cluster.lab.topology.containers.map(\.host) {
            try await cluster.shell(
                host,
                """
                set -e; mkdir -p -m 0700 /var/lib/kumki \(folder); cd \(folder); touch journal
                mv journal journal.kept; mkfifo -m 0600 journal
                """)
            let disk = try #require(cluster.disks.withLock { $0[host] }, "the disk of \(host) is not known")
            gates.append(try JournalGate(host, folder: disk + folder))
        }
    }

    /// Lets kumki go on until a line says so, and holds that host's next line.
    func reach(_ line: String, _ run: BackgroundRun, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        gates.forEach(letIn)
        let end = watch(run)
        defer { end.cancel() }
        for await event in events {
            switch event {
            case .lines(let lines, _) where lines.contains(line): return
            case .lines(_, let gate): letIn(gate)
            case .ended:
                Issue.record("kumki ended before \(line):\n\(run.output)", sourceLocation: sourceLocation)
                return
            case .quiet: break
            }
        }
    }

    /// Runs a command again and again until it ends by itself, killed wherever it was not killed before.
    ///
    /// - Parameters:
    ///   - isSpared: where it is not killed.
    ///   - survey: called after each kill, as soon as what was left running has ended.
    func kill(
        _ command: String, _ arguments: [String], sparing isSpared: (String) -> Bool = { _ in false },
        survey: () async throws -> Void = {}
    ) async throws -> Kills {
        var killed = Kills()
        gates.forEach(letIn)
        while killed.points.count < 300 {
            let run = try await cluster.startInBackground(command, arguments)
            let end = watch(run)
            var isKilled = false
            events: for await event in events {
                switch event {
                case .lines(let lines, let gate):
                    if isKilled {
                        // What a script still does that was sent before: killed there, too.
                        killed.points += lines.filter { !killed.points.contains($0) }
                    } else if let line = lines.last, !killed.points.contains(line), !isSpared(line) {
                        try await run.signal("KILL")
                        killed.points.append(line)
                        isKilled = true
                    }
                    letIn(gate)
                case .ended where isKilled: Task { try? await awaitQuiet() }
                case .ended:
                    killed.output = run.output
                    return killed
                case .quiet: break events
                }
            }
            end.cancel()
            try await survey()
        }
        return killed
    }

    /// The journals are files again, with the lines that came meanwhile.
    fileprivate func release() async throws {
        let folder = "/var/lib/kumki/\(cluster.name)"
        for gate in gates { try await cluster.shell(gate.host, "mv -T \(folder)/journal.kept \(folder)/journal") }
        gates.forEach(letIn)
        // A script that had opened the pipe before holds the lock until it has written there.
        Task { try? await awaitQuiet() }
        for await event in events {
            if case .lines(_, let gate) = event { letIn(gate) }
            if case .quiet = event { break }
        }
        for task in open.values { task.cancel() }
    }

    private func letIn(_ gate: JournalGate) {
        if open[gate.host] != nil { return }
        open[gate.host] = Task {
            guard let lines = try? await gate.letIn() else { return }
            open[gate.host] = nil
            send.yield(.lines(lines, gate))
        }
    }

    private func awaitQuiet() async throws {
        for gate in gates {
            try await cluster.shell(
                gate.host, "flock -w 170 /var/lib/kumki/\(cluster.name)/step.lock true", limit: .seconds(180))
        }
        send.yield(.quiet)
    }

    private func watch(_ run: BackgroundRun) -> Task<Void, any Error> {
        Task { [send] in
            while run.isRunning { try await Task.sleep(for: .milliseconds(50)) }
            send.yield(.ended)
        }
    }
}

extension LabCluster {
    /// While `body` runs, no step of kumki begins or ends unless it is let.
    func holdingSteps<Value: Sendable>(_ body: (HeldSteps) async throws -> Value) async throws -> Value {
        let steps = try await HeldSteps(self)
        do {
            let value = try await body(steps)
            try await steps.release()
            return value
        } catch {
            try? await steps.release()
            throw error
        }
    }
}
