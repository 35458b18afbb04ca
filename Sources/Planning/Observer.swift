package import Hosts
package import Inventory
package import Resources

/// Looks at hosts, each in one round trip, all at once up to a limit.
package struct Observer: Sendable {
    package let provider: any HostProvider
    /// How many hosts are looked at in parallel.
    package let width: Int
    /// Gives the boundary of each probe's output: a word that nobody can guess.
    private let boundary: @Sendable () -> String

    package init(
        provider: any HostProvider, width: Int = 64, boundary: @escaping @Sendable () -> String = Observer.randomWord
    ) {
        self.provider = provider
        self.width = max(1, width)
        self.boundary = boundary
    }

    package static func randomWord() -> String {
        var generator = SystemRandomNumberGenerator()
        return "KUMKI" + String(generator.next() as UInt64, radix: 16) + String(generator.next() as UInt64, radix: 16)
    }

    /// What each host showed, and why some did not.
    package struct Observation: Sendable {
        package var facts = ClusterFacts()
        package var failures: [String: HostError] = [:]

        package init() {}
    }

    package func observe(_ probes: [(host: InventoryHost, probe: Probe)]) async -> Observation {
        var observation = Observation()
        await withTaskGroup(of: (String, Result<HostFacts, HostError>).self) { group in
            var waiting = probes[...]
            func startNext() {
                guard let next = waiting.popFirst() else { return }
                group.addTask { (next.host.name, await self.look(at: next.host, next.probe)) }
            }
            for _ in 0..<width { startNext() }
            while let (name, result) = await group.next() {
                switch result {
                case .success(let facts): observation.facts.hosts[name] = .present(facts)
                case .failure(let error):
                    observation.facts.hosts[name] = .unknown(error.message)
                    observation.failures[name] = error
                }
                startNext()
            }
        }
        return observation
    }

    package func look(at host: InventoryHost, _ probe: Probe) async -> Result<HostFacts, HostError> {
        do {
            let connected = try await provider.host(for: host)
            return .success(try await read(connected, probe))
        } catch let error as HostError {
            return .failure(error)
        } catch {
            return .failure(
                HostError(code: "host.failed", host: host.name, message: "the connection failed: \(error)"))
        }
    }

    private func read(_ host: any Host, _ probe: Probe) async throws -> HostFacts {
        let script = ProbeScript(probe: probe, boundary: boundary())
        let outcome = try await host.run(script.script)
        let facts = FactsParser.parse(
            outcome.output, errors: outcome.errorText, boundary: script.boundary, host: host.name, probe: probe)
        guard let facts else {
            let words = outcome.errorText.split(separator: "\n").suffix(3).joined(separator: "; ")
            throw HostError(
                code: "host.probe", host: host.name,
                message: "the script that reads the host broke off\(words.isEmpty ? "" : ": \(words)")",
                hint: "log in and run a command there: a login script or a full disk may get in the way")
        }
        return facts
    }
}
