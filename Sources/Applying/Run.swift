package import Blueprint
import Diagnostics
package import Graph
import Hosts
package import Inventory
package import Planning
import Resources

/// Carries a plan out: every step when those before it are done, hosts side by side, one step a host at a time.
package struct Run: Sendable {
    package struct Report: Sendable {
        package var done: [String] = []
        package var failures: [StepFailure] = []
        package var notStarted: [String] = []

        package var isComplete: Bool { failures.isEmpty && notStarted.isEmpty }
    }

    package let inventory: Inventory
    package let observer: Observer
    package let secrets: SecretStore
    /// The first Ctrl-C: what runs is finished, nothing new starts.
    package let stop: StopSignal
    package let report: @Sendable (RunEvent) -> Void

    package init(
        inventory: Inventory, observer: Observer, secrets: SecretStore, stop: StopSignal,
        report: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.inventory = inventory
        self.observer = observer
        self.secrets = secrets
        self.stop = stop
        self.report = report
    }

    package func carryOut(_ plan: Plan, parallel: Int = 64) async -> Report {
        var graph = DirectedGraph<String>()
        var changes: [String: PlannedChange] = [:]
        for planned in plan.changes {
            graph.insert(planned.id)
            changes[planned.id] = planned
        }
        for planned in plan.changes {
            for before in planned.after where changes[before] != nil { graph.connect(before, to: planned.id) }
        }
        let byID = changes
        let failures = FailureLog()
        let work: @Sendable (String) async -> Bool = { id in
            guard let planned = byID[id] else { return true }
            return await carryOut(planned, failures)
        }
        let walk = await graph.walk(
            limit: parallel, lane: { byID[$0]?.host ?? "" }, stop: stop, body: work)
        return Report(done: walk.finished, failures: await failures.all, notStarted: walk.notStarted)
    }

    private actor FailureLog {
        private(set) var all: [StepFailure] = []

        func add(_ failure: StepFailure) { all.append(failure) }
    }

    private func carryOut(_ planned: PlannedChange, _ failures: FailureLog) async -> Bool {
        let clock = ContinuousClock()
        let start = clock.now
        report(.started(planned))
        do throws(StepFault) {
            guard let change = try await check(planned) else {
                report(.satisfied(planned))
                return true
            }
            try await perform(change, planned)
            report(.finished(planned, clock.now - start))
            return true
        } catch {
            await failures.add(error.failure)
            report(.failed(planned, error.failure))
            return false
        }
    }

    private struct StepFault: Error {
        var failure: StepFailure
    }

    /// Looks at the thing once more: nil when it is so already; stops when it is not what the plan showed.
    private func check(_ planned: PlannedChange) async throws(StepFault) -> Change? {
        var probes = planned.resource.peerProbes
        probes[planned.host, default: Probe()].formUnion(planned.resource.probe.union(planned.resource.detail))
        let observation = await observer.observe(
            inventory.hosts.compactMap { host in probes[host.name].map { (host, $0) } })
        guard let facts = observation.facts[planned.host] else {
            throw lost(planned, observation.failures[planned.host])
        }
        switch planned.resource.compare(facts, in: observation.facts) {
        case .same: return nil
        case .unknown(let reason): throw stale(planned, "it can't be seen now: \(reason)")
        case .refused(let diagnostic):
            throw StepFault(
                failure: StepFailure(
                    id: planned.id, code: diagnostic.code, message: diagnostic.message, hint: diagnostic.hint))
        case .change(let now):
            let then = planned.change
            if now.destroysData && !then.destroysData {
                throw stale(planned, "it would destroy data now: \(now.reason)")
            }
            if let basis = then.basis, let present = now.basis, basis != present {
                throw stale(planned, "planned was \(then.reason), it would be \(now.reason) now")
            }
            return now
        }
    }

    private func perform(_ change: Change, _ planned: PlannedChange) async throws(StepFault) {
        guard let host = inventory.host(planned.host) else { return }
        let outcome: Outcome
        do {
            let connected = try await observer.provider.host(for: host)
            for upload in change.uploads { try await send(upload, to: connected) }
            let script = StepScript(cluster: inventory.cluster, id: planned.id, body: change.script)
            outcome = try await connected.run(script.script)
        } catch let error as HostError {
            throw lost(planned, error)
        } catch let error as LocalFileError {
            throw StepFault(failure: StepFailure(id: planned.id, code: "file.unreadable", message: error.message))
        } catch {
            throw lost(planned, nil)
        }
        if outcome.succeeded { return }
        throw failed(planned, outcome)
    }

    private func send(_ upload: Upload, to host: any Host) async throws {
        let bytes = try LocalFile(path: upload.localPath).bytes()
        let folder = upload.remotePath.split(separator: "/").dropLast().joined(separator: "/")
        let made = try await host.run(Script("umask 077; mkdir -p -- \(Shell.quote("/" + folder))\n"))
        guard made.succeeded else {
            throw HostError(
                code: "host.upload", host: host.name, message: "/\(folder) can't be made: \(made.errorText)")
        }
        try await host.upload(bytes, to: upload.remotePath, limit: .seconds(900))
    }

    private func failed(_ planned: PlannedChange, _ outcome: Outcome) -> StepFault {
        let words = clean(outcome.errorText + "\n" + outcome.outputText)
        let ending =
            switch outcome.ending {
            case .exit(let status): "status \(status)"
            case .signal(let name): "signal \(name)"
            }
        return StepFault(
            failure: StepFailure(
                id: planned.id, code: "step.failed", message: "\(planned.id) failed (\(ending))",
                output: Array(words.suffix(12))))
    }

    private func lost(_ planned: PlannedChange, _ error: HostError?) -> StepFault {
        StepFault(
            failure: StepFailure(
                id: planned.id, code: error?.code ?? "ssh.lost",
                message: "\(planned.host): \(error?.message ?? "the connection was lost")",
                hint: error?.hint ?? "run the same command again: it goes on where this one stopped"))
    }

    private func stale(_ planned: PlannedChange, _ words: String) -> StepFault {
        StepFault(
            failure: StepFailure(
                id: planned.id, code: "step.stale",
                message: "\(planned.id) is no longer what the plan showed: \(words)",
                hint: "somebody else changed it meanwhile: plan again"))
    }

    /// Lines without what must not be seen.
    private func clean(_ text: String) -> [String] {
        var text = text
        for secret in secrets.all where !secret.isEmpty { text = text.hiding(secret) }
        return text.split(separator: "\n").map(String.init)
    }
}

extension String {
    fileprivate func hiding(_ secret: Secret) -> String {
        let value = secret.reveal()
        guard value.count > 3, contains(value) else { return self }
        return split(separator: value, omittingEmptySubsequences: false).joined(separator: secret.description)
    }
}
