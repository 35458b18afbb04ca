import Diagnostics
import Hosts
import Inventory

/// The single steps of `up`.
extension Lab {
    struct StartedHost: Sendable {
        var line: LabReport.HostLine
        var knownHosts: [String]
    }

    /// Keeps packets to stopped labs on this machine.
    ///
    /// A network's route exists only while one of its containers runs; without this one, packets to a lab that
    /// stands still would take the default route and leave the machine.
    func keepPacketsHome() async throws {
        guard machine.isRoot else { return }
        let arguments = ["route", "replace", "unreachable", "198.18.0.0/15"]
        let outcome = try await programs.run(Command("ip", arguments))
        if !outcome.succeeded { narrate("ip \(arguments.joined(separator: " ")): \(outcome.errorText)") }
    }

    /// Makes the network where it is missing or has another subnet; what was on it before goes first, since nothing
    /// of it would work any more. Returns what is then left to do.
    func settleNetwork(_ decisions: [LabDecision]) async throws -> [LabDecision] {
        let subnet = try await networkSubnet()
        if subnet == topology.network.subnet { return decisions }
        var remaining: [LabDecision] = []
        for decision in decisions {
            guard let container = decision.container else { continue }
            if case .create = decision {
                remaining.append(decision)
            } else {
                try await remove(container.name)
                let reason = subnet.map { "its network was \($0)" } ?? "its network was gone"
                remaining.append(.create(container, reason: reason))
            }
        }
        if subnet != nil { try await removeNetwork() }
        try await succeed(
            engine.createNetwork(topology.network, cluster: topology.cluster), code: "lab.network",
            what: "the network \(topology.network.name) can't be made",
            hint: "see what holds \(topology.network.subnet): kumki lab list, \(engine.kind) network ls")
        return remaining
    }

    /// Nil when there is no such network.
    func networkSubnet() async throws -> String? {
        let outcome = try await programs.run(engine.inspectNetwork(topology.network.name))
        guard outcome.succeeded else { return nil }
        let line = outcome.outputText.split(separator: "\n").first ?? ""
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count == 2, fields[0] == topology.cluster else {
            throw Diagnostic.error(
                "lab.network", "a network called \(topology.network.name) exists that is not this lab's",
                hint: "remove it (\(engine.kind) network rm \(topology.network.name)) or rename the cluster")
        }
        return String(fields[1])
    }

    func removeNetwork() async throws {
        try await succeed(
            engine.removeNetwork(topology.network.name), code: "lab.network",
            what: "the network \(topology.network.name) can't be removed")
    }

    func remove(_ name: String) async throws {
        try await succeed(engine.removeContainer(name), code: "lab.remove", what: "\(name) can't be removed")
    }

    func hostName(_ containerName: String) -> String {
        String(containerName.dropFirst("kumki.\(topology.cluster).".count))
    }

    /// Brings one host up and proves it; a container that is registered but dead is made anew.
    func bringUp(_ decision: LabDecision, key: String) async throws -> StartedHost {
        guard let container = decision.container else { preconditionFailure("a removal is no host to bring up") }
        func line(_ change: LabReport.Change, _ reason: String? = nil) -> LabReport.HostLine {
            .init(host: container.host, address: container.address, change: change, reason: reason)
        }
        switch decision {
        case .keep, .start:
            if case .start(_, let paused) = decision {
                _ = try await programs.run(paused ? engine.unpause(container.name) : engine.start(container.name))
            }
            let (outcome, knownHosts) = try await prepare(container, key: key)
            if outcome.succeeded {
                return StartedHost(
                    line: line(decision == .keep(container) ? .unchanged : .started), knownHosts: knownHosts)
            }
            guard Self.isDead(outcome) else { throw notReady(container, outcome) }
            try await remove(container.name)
            return try await create(container, key: key, line(.replaced, "it was registered but did not run"))
        case .replace(_, let reason):
            try await remove(container.name)
            return try await create(container, key: key, line(.replaced, reason))
        case .create(_, let reason):
            return try await create(container, key: key, line(reason == nil ? .created : .replaced, reason))
        case .remove:
            preconditionFailure("a removal is no host to bring up")
        }
    }

    /// Whether the engine itself failed to run a script in a container, and not the script.
    ///
    /// - Source: podman-exec(1), "Exit Status", and `docker exec`: from 125 on.
    private static func isDead(_ outcome: Outcome) -> Bool {
        switch outcome.ending {
        case .exit(let code): code >= 125
        case .signal: true
        }
    }

    private func notReady(_ container: LabContainer, _ outcome: Outcome) -> Diagnostic {
        let words = outcome.errorText.split(separator: "\n").suffix(6).joined(separator: "\n  ")
        return .error(
            "lab.not-ready", "\(container.host) runs but its sshd does not answer:\n  \(words)",
            hint: "look inside (\(engine.kind) exec -it \(container.name) journalctl -b), or start over with lab down")
    }

    private func create(
        _ container: LabContainer, key: String, _ line: LabReport.HostLine
    ) async throws -> StartedHost {
        try await succeed(
            engine.run(container, of: topology), code: "lab.start", what: "\(container.host) can't be started")
        let (outcome, knownHosts) = try await prepare(container, key: key)
        guard outcome.succeeded else { throw notReady(container, outcome) }
        return StartedHost(line: line, knownHosts: knownHosts)
    }

    private func prepare(_ container: LabContainer, key: String) async throws -> (Outcome, [String]) {
        let ssh = inventory.host(container.host)?.ssh ?? SSHOptions()
        let preparation = HostPreparation(
            container: container, ssh: ssh, localUser: machine.user, authorizedKey: key)
        let outcome = try await programs.run(
            engine.execute(Array(preparation.script.utf8), in: container.name, limit: .seconds(180)))
        return (outcome, preparation.knownHosts(from: outcome.outputText))
    }

    /// Four at a time: starting a container is work for the processor, and more at once only take turns.
    func inParallel<Item: Sendable, Result: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results = [Result?](repeating: nil, count: items.count)
            for (index, item) in items.enumerated() {
                if index >= 4, let (done, result) = try await group.next() { results[done] = result }
                group.addTask { (index, try await body(item)) }
            }
            for try await (done, result) in group { results[done] = result }
            return results.compactMap { $0 }
        }
    }
}
