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

    /// Gives many systemds enough to watch files with: the kernel's 128 instances are used up by some twenty of them,
    /// and those that come after never finish booting.
    func raiseWatchLimit() async throws {
        guard machine.isRoot, topology.containers.count > 10 else { return }
        let name = "fs.inotify.max_user_instances"
        let current = try await programs.run(Command("sysctl", ["-n", name]))
        let wanted = 1024
        guard let limit = current.outputText.split(separator: "\n").first.flatMap({ Int($0) }), limit < wanted else {
            return
        }
        narrate("raising \(name) from \(limit) to \(wanted)")
        let outcome = try await programs.run(Command("sysctl", ["-q", "-w", "\(name)=\(wanted)"]))
        if !outcome.succeeded { narrate("sysctl \(name): \(outcome.errorText)") }
    }

    /// One pass from what is there to what should be.
    ///
    /// - Parameter reason: why everything is made anew, when this is the second pass.
    /// - Throws: ``StaleLab`` when nothing that is there can be built upon.
    func settle(reason: String? = nil) async throws -> LabReport {
        let existing = try await survey()
        let decisions = try LabDecision.decide(topology, existing: existing)
        let network = try await settleNetwork(isEmpty: existing.isEmpty)
        let key = try folder.publicKey()

        narrate("starting \(topology.containers.count) hosts from \(image.name)")
        var lines: [LabReport.HostLine] = []
        for case .remove(let name) in decisions {
            try await remove(name)
            lines.append(.init(host: hostName(name), address: nil, change: .removed))
        }
        let started = try await inParallel(decisions.filter { $0.container != nil }) { decision in
            try await bringUp(decision, network: network, key: key, reason: reason)
        }
        try folder.writeKnownHosts(started.flatMap(\.knownHosts))
        return LabReport(
            cluster: topology.cluster, hosts: lines + started.map(\.line), warnings: folder.warnings(on: inventory))
    }

    func settleAnew(because reason: String) async throws -> LabReport {
        do {
            return try await settle(reason: reason)
        } catch let stale as StaleLab {
            throw stale.diagnostic
        }
    }

    /// The lab's containers, where a failing listing is something to be mended.
    private func survey() async throws -> [LabContainerState] {
        let outcome = try await programs.run(engine.listContainers(of: topology.cluster))
        guard outcome.succeeded else { throw StaleLab(listing: outcome.errorText) }
        return LabContainerState.read(outcome.outputText)
    }

    /// Makes the network when there is none, and returns its name.
    private func settleNetwork(isEmpty: Bool) async throws -> String {
        let names = try await networks()
        if let name = names.first {
            guard names.count == 1 else { throw StaleLab(reason: "it had several networks") }
            let subnet = try await programs.run(engine.inspectSubnet(name)).outputText.filter { !$0.isWhitespace }
            guard subnet == topology.subnet else { throw StaleLab(reason: "its network was \(subnet)") }
            return name
        }
        guard isEmpty else { throw StaleLab(reason: "its network was gone") }
        // A new name each time: leases of containers that died with the machine are kept by the network's name.
        let name = "kumki.\(topology.cluster)." + String(UInt32.random(in: 0x100000...0xffffff), radix: 16)
        try await succeed(
            engine.createNetwork(name, of: topology), code: "lab.network", what: "the lab's network can't be made",
            hint: "see what holds \(topology.subnet): kumki lab list, \(engine.kind) network ls")
        return name
    }

    private func networks() async throws -> [String] {
        let listing = try await succeed(
            engine.listNetworks(of: topology.cluster), code: "lab.engine", what: "networks can't be listed")
        return listing.outputText.split(separator: "\n").map(String.init)
    }

    /// Removes the lab's containers and networks, those included that the engine can no longer list.
    @discardableResult
    func clear() async throws -> [LabReport.HostLine] {
        var containers: [LabContainerState] = []
        var lines: [LabReport.HostLine] = []
        while true {
            do {
                containers = try await survey()
                break
            } catch let stale as StaleLab {
                guard let identifier = stale.container else { throw stale.diagnostic }
                let owner = try await programs.run(engine.inspectCluster(identifier))
                guard owner.outputText.split(separator: "\n") == [topology.cluster[...]] else { throw stale.diagnostic }
                try await remove(identifier)
                lines.append(.init(host: String(identifier.prefix(12)), address: nil, change: .removed))
            }
        }
        _ = try await inParallel(containers) { try await remove($0.name) }
        for name in try await networks() {
            try await succeed(
                engine.removeNetwork(name), code: "lab.network", what: "the network \(name) can't be removed")
        }
        return lines + containers.map { .init(host: $0.host, address: $0.address, change: .removed) }
    }

    /// Removes a container, dead or alive.
    ///
    /// For one that died with the machine podman's first attempt only finds out that there is nothing to stop.
    func remove(_ name: String) async throws {
        if try await programs.run(engine.removeContainer(name)).succeeded { return }
        try await succeed(engine.removeContainer(name), code: "lab.remove", what: "\(name) can't be removed")
    }

    func hostName(_ containerName: String) -> String {
        String(containerName.dropFirst("kumki.\(topology.cluster).".count))
    }

    /// Brings one host up and proves it; a container that is registered but dead is made anew.
    private func bringUp(
        _ decision: LabDecision, network: String, key: String, reason: String?
    ) async throws -> StartedHost {
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
            return try await create(container, network, key, line(.replaced, "it was registered but did not run"))
        case .replace(_, let reason):
            try await remove(container.name)
            return try await create(container, network, key, line(.replaced, reason))
        case .create:
            return try await create(container, network, key, line(reason == nil ? .created : .replaced, reason))
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

    func notReady(_ container: LabContainer, _ outcome: Outcome) -> Diagnostic {
        .error(
            "lab.not-ready", "\(container.host) runs but its sshd does not answer; \(words(of: outcome))",
            hint: "look inside (\(engine.kind) exec -it \(container.name) journalctl -b), or start over with lab down")
    }

    private func create(
        _ container: LabContainer, _ network: String, _ key: String, _ line: LabReport.HostLine
    ) async throws -> StartedHost {
        // A start that ends half-way, as another host can't be started, leaves a network that nobody can remove.
        let start = engine.run(container, of: topology, on: network)
        let run = try await Task { try await programs.run(start) }.value
        if !run.succeeded, run.errorText.contains("already allocated") || run.errorText.contains("already in use") {
            throw StaleLab(reason: "\(container.address) was still lent to a container that is gone")
        }
        guard run.succeeded else {
            throw Diagnostic.error("lab.start", "\(container.host) can't be started; \(words(of: run))")
        }
        let (outcome, knownHosts) = try await prepare(container, key: key)
        guard outcome.succeeded else { throw notReady(container, outcome) }
        return StartedHost(line: line, knownHosts: knownHosts)
    }

    func prepare(_ container: LabContainer, key: String) async throws -> (Outcome, [String]) {
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
