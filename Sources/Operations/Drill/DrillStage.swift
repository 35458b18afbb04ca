import Diagnostics
import FoundationEssentials
import Hosts
package import Inventory
package import Planning
import PostgreSQL

/// The hosts of a drill: what is made on them before it, done to them, and taken away after it.
package actor DrillStage {
    private let cast: DrillCast
    private let inventory: Inventory
    private let provider: any HostProvider
    private let faults: DrillFaultScripts
    private let client: DrillLoop
    private let probe: DrillLoop

    private var clientHold: (any Hold)?
    private var probeHolds: [String: any Hold] = [:]
    /// How far each host's clock is ahead of this machine's.
    private var clocks: [String: Duration] = [:]

    /// Rows that the client must have acknowledged before anything is broken.
    private static let firstRows = 20

    package init(_ cast: DrillCast, _ inventory: Inventory, _ provider: any HostProvider) {
        self.cast = cast
        self.inventory = inventory
        self.provider = provider
        faults = DrillFaultScripts(cast, inventory)
        client = DrillLoop(.client(order: cast.order), inventory)
        probe = DrillLoop(.probe, inventory)
    }

    private var databaseHosts: [String] { inventory.databaseHosts.map(\.name) }

    // MARK: Before

    /// Starts a probe on every database host and the client, and returns once its rows are acknowledged.
    ///
    /// - Throws: `HostError`, `Diagnostic` `drill.host`, `drill.client`.
    package func open() async throws {
        for host in cast.hits { try await run(faults.check, on: host) }
        for host in Set(databaseHosts).union([cast.client]).sorted() { clocks[host] = try await clock(of: host) }
        try await run(DrillTable(inventory).make, on: cast.primary)
        for host in databaseHosts { try await startProbe(on: host) }
        clientHold = try await connected(cast.client).hold(client.hold())
        try await waitForRows()
    }

    private func startProbe(on host: String, goesOn: Bool = false) async throws {
        probeHolds[host] = try await connected(host).hold(probe.hold(goesOn: goesOn))
    }

    private func waitForRows() async throws {
        for _ in 0..<60 {
            try await Task.sleep(for: .milliseconds(250))
            let log = DrillLog(parsing: try await run(client.read, on: cast.client))
            if log.answers.count >= Self.firstRows { return }
        }
        let words = try await run(client.lastWords, on: cast.client).split(separator: "\n").joined(separator: "; ")
        let open =
            inventory.postgresql.version < .v11
            ? "before PostgreSQL 11 `postgresql.hba` has to let \(inventory.replication.user) into database postgres"
            : "see whether \(inventory.replication.user) may connect to database postgres from there"
        throw Diagnostic.error(
            "drill.client", "\(cast.client): the client could not write: \(words.isEmpty ? "nothing was said" : words)",
            hint: open)
    }

    /// The best of three tries; what the way there and back can explain counts as none.
    private func clock(of host: String) async throws -> Duration {
        var best: (distance: Duration, ahead: Duration)?
        for _ in 0..<3 {
            let before = Duration.sinceEpoch
            let text = try await run(Script("date +%s.%N"), on: host)
            let after = Duration.sinceEpoch
            guard let time = Duration(epoch: text.filter { $0 != "\n" }) else { continue }
            let half = (after - before) / 2
            if half < best?.distance ?? .seconds(60) { best = (half, time - before - half) }
        }
        guard let best else { return .zero }
        return abs(best.ahead) <= best.distance ? .zero : best.ahead
    }

    // MARK: The fault

    /// - Throws: `HostError`, `Diagnostic` `drill.host`.
    package func inject() async throws {
        for host in cast.hits { try await run(faults.inject, on: host) }
    }

    /// - Parameter isReplaced: whether another host is primary now.
    /// - Throws: as ``inject()``.
    package func heal(isReplaced: Bool) async throws {
        for host in cast.hits { try await run(faults.heal(isReplaced: isReplaced), on: host) }
    }

    /// Ends the cut-off server, as somebody has to who says of it that it is fenced.
    ///
    /// - Throws: as ``inject()``.
    package func fence() async throws { try await run(faults.fence, on: cast.hit) }

    /// The host that was hit has booted: it is probed again, over a connection of its own.
    package func probeAgain() async throws {
        var tries = 0
        while true {
            do {
                return try await startProbe(on: cast.hit, goesOn: true)
            } catch  where tries < 20 {
                tries += 1
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    // MARK: After

    /// Ends client and probes; returns what they noted.
    ///
    /// - Throws: `HostError`, `Diagnostic` `drill.host`: without the client's notes there is nothing to tell.
    package func collect() async throws -> (client: DrillLog, probes: [String: DrillLog]) {
        try await run(client.stop, on: cast.client)
        let log = DrillLog(parsing: try await run(client.read, on: cast.client), clock: clocks[cast.client] ?? .zero)
        var probes: [String: DrillLog] = [:]
        for host in databaseHosts {
            _ = try? await run(probe.stop, on: host)
            guard let text = try? await run(probe.read, on: host) else { continue }
            probes[host] = DrillLog(parsing: text, clock: clocks[host] ?? .zero)
        }
        return (log, probes)
    }

    /// The client's rows on each host that shows them; one that applies late is not asked.
    package func rows() async -> [String: Set<Int>] {
        var rows: [String: Set<Int>] = [:]
        for host in inventory.databaseHosts where host.replication.applyDelay == nil {
            guard let text = try? await run(DrillTable(inventory).rows, on: host.name) else { continue }
            rows[host.name] = Set(text.split(separator: "\n").compactMap { Int($0) })
        }
        return rows
    }

    /// Takes away what it made on the hosts, as far as they can be reached.
    ///
    /// - Parameter primary: nil leaves the table where it is.
    package func leave(primary: String?) async {
        await clientHold?.release()
        clientHold = nil
        for hold in probeHolds.values { await hold.release() }
        probeHolds = [:]
        _ = try? await run(probe.clear, on: cast.hit)
        if let primary { _ = try? await run(DrillTable(inventory).drop, on: primary) }
    }

    // MARK: Hosts

    private func connected(_ name: String) async throws -> any Host {
        guard let host = inventory.host(name) else { preconditionFailure("\(name) is no host of the inventory") }
        return try await provider.host(for: host)
    }

    @discardableResult
    private func run(_ script: Script, on host: String) async throws -> String {
        let outcome = try await connected(host).run(script)
        if outcome.succeeded { return outcome.outputText }
        let words = outcome.errorText.split(separator: "\n").suffix(3).joined(separator: "; ")
        throw Diagnostic.error(
            "drill.host", "\(host): a script of the drill failed: \(words.isEmpty ? "it said nothing" : words)",
            hint: "the cluster is as the next `kumki status` shows it")
    }
}

extension Duration {
    /// What time it is on this machine, since 1970.
    package static var sinceEpoch: Duration { .seconds(Date().timeIntervalSince1970) }
}

private func abs(_ duration: Duration) -> Duration { duration < .zero ? .zero - duration : duration }
