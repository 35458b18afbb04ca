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
        let work = StepBatches(plan.changes)
        let progress = Progress()
        let body: @Sendable (Int) async -> Bool = { index in
            await carryOut(work.batches[index], progress)
        }
        _ = await work.graph.walk(
            limit: parallel, lane: { work.batches[$0].first?.host ?? "" }, stop: stop, body: body)
        let done = await progress.done
        let failures = await progress.failures
        let ended = done.union(failures.map(\.id))
        return Report(
            done: plan.changes.map(\.id).filter { done.contains($0) }, failures: failures,
            notStarted: plan.changes.map(\.id).filter { !ended.contains($0) })
    }

    private actor Progress {
        private(set) var done: Set<String> = []
        private(set) var failures: [StepFailure] = []

        func finish(_ id: String) { done.insert(id) }
        func fail(_ failure: StepFailure) { failures.append(failure) }
    }

    /// Looks at the things once more, then sends what is still to be done in one script.
    private func carryOut(_ batch: [PlannedChange], _ progress: Progress) async -> Bool {
        var current = batch[0]
        do throws(StepFault) {
            var steps: [(planned: PlannedChange, change: Change)] = []
            let observation = await look(at: batch)
            for planned in batch {
                current = planned
                if steps.isEmpty { report(.started(planned)) }
                if let change = try check(planned, observation) {
                    steps.append((planned, change))
                } else {
                    report(.satisfied(planned))
                    await progress.finish(planned.id)
                }
            }
            guard let first = steps.first else { return true }
            current = first.planned
            try await perform(steps, progress)
            return true
        } catch {
            await progress.fail(error.failure)
            report(.failed(batch.first { $0.id == error.failure.id } ?? current, error.failure))
            return false
        }
    }

    private struct StepFault: Error {
        var failure: StepFailure
    }

    private func look(at batch: [PlannedChange]) async -> Observer.Observation {
        var probes: [String: Probe] = [:]
        for planned in batch {
            probes[planned.host, default: Probe()].formUnion(planned.resource.probe.union(planned.resource.detail))
            for (peer, probe) in planned.resource.peerProbes { probes[peer, default: Probe()].formUnion(probe) }
        }
        return await observer.observe(inventory.hosts.compactMap { host in probes[host.name].map { (host, $0) } })
    }

    /// Nil when it is so already; stops when it is not what the plan showed.
    private func check(
        _ planned: PlannedChange, _ observation: Observer.Observation
    ) throws(StepFault) -> Change? {
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

    private func perform(
        _ steps: [(planned: PlannedChange, change: Change)], _ progress: Progress
    ) async throws(StepFault) {
        let first = steps[0].planned
        guard let host = inventory.host(first.host) else { return }
        let outcome: Outcome
        do {
            let connected = try await observer.provider.host(for: host)
            for upload in steps.flatMap(\.change.uploads) { try await send(upload, to: connected) }
            let script = StepScript(
                cluster: inventory.cluster, steps: steps.map { .init(id: $0.planned.id, body: $0.change.script) })
            async let _: Void = follow(steps, on: connected)
            outcome = try await connected.run(script.script)
        } catch let error as HostError {
            throw lost(first, error)
        } catch let error as LocalFileError {
            throw StepFault(failure: StepFailure(id: first.id, code: "file.unreadable", message: error.message))
        } catch {
            throw lost(first, nil)
        }
        let times = StepTimes(outcome.outputText)
        for (index, step) in steps.enumerated() {
            guard let duration = times.duration(of: index) else { break }
            await progress.finish(step.planned.id)
            report(.finished(step.planned, duration))
        }
        if outcome.succeeded { return }
        throw failed(steps[min(times.lastBegun ?? 0, steps.count - 1)].planned, outcome)
    }

    /// Tells how far a copy has come, each second until it is cancelled; what can't be read is not told.
    private func follow(_ steps: [(planned: PlannedChange, change: Change)], on host: any Host) async {
        guard let step = steps.first(where: { $0.change.transfer != nil }), let transfer = step.change.transfer else {
            return
        }
        func bytes(_ script: Script) async -> Int? {
            guard let outcome = try? await host.run(script), outcome.succeeded else { return nil }
            return Int(outcome.outputText.filter { !$0.isWhitespace })
        }
        func pause() async -> Bool { (try? await Task.sleep(for: .seconds(1))) != nil }
        // Most copies in a lab are over by then.
        guard await pause() else { return }
        let total = await bytes(transfer.total)
        repeat {
            if let done = await bytes(transfer.done), !Task.isCancelled {
                report(.transferred(step.planned, done, of: total))
            }
        } while await pause()
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
        let output = outcome.outputText.split(separator: "\n").filter { !$0.hasPrefix(StepScript.mark) }
        let words = clean(outcome.errorText + "\n" + output.joined(separator: "\n"))
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
