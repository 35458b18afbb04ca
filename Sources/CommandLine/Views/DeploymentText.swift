import Applying
import Diagnostics
import Hosts
import Inventory
import Logging
import Operations
import Planning
import Resources
import Synchronization

/// A deployment for people.
final class DeploymentText: Sendable {
    private let inventory: Inventory
    private let console: Console
    private let stream: TextStream
    private let style: Style
    private let isVerbose: Bool
    /// The kind of the part that is under way.
    private let part = Mutex(DeploymentKind.apply)
    let progress: RunProgress

    /// - Parameter stream: standard error where standard output is kept for a document.
    init(inventory: Inventory, console: Console, stream: TextStream, isVerbose: Bool) {
        self.inventory = inventory
        self.console = console
        self.stream = stream
        self.isVerbose = isVerbose
        style = stream.descriptor == TextStream.output.descriptor ? console.style : console.errorStyle
        // Log lines in between would tear a block apart.
        progress = RunProgress(stream: stream, style: style, isLive: stream.isTerminal && !isVerbose)
    }

    func show(_ event: DeploymentEvent) {
        switch event {
        case .began(let kind, let heading):
            part.withLock { $0 = kind }
            if let heading { write("\n\(style.paint(heading, .bold))\n\n") }
        case .planned(let plan, let round): show(plan, round)
        case .announced(let plan): announce(plan)
        case .started(let plan): progress.begin(plan)
        case .step(let step):
            progress.show(step)
            if isVerbose { log(step) }
        case .carriedOut: break
        case .goingBack(let plan):
            write("\nNobody was promoted, so \(kind.wayBack?.intent ?? "it goes back"):\n\n")
            write(planText(plan))
            console.report(plan.obstacles)
        case .verified(let verification): write(VerificationText(verification: verification, style: style).text)
        case .ended(let outcome): show(outcome)
        }
    }

    private var kind: DeploymentKind { part.withLock { $0 } }

    private func show(_ plan: Plan, _ round: Int) {
        if round == 1 {
            console.report(plan.notes)
        } else {
            write("\nWhat could not be seen before:\n\n")
        }
        write(planText(plan))
        console.report(plan.obstacles)
    }

    private func announce(_ plan: Plan) {
        guard plan.canBeCarriedOut, let former = plan.former, let successor = plan.primary else {
            return console.report(plan.obstacles)
        }
        let words =
            "Then \(successor) becomes primary, so that \(former) restarts as a standby; writes pause for that switchover only:"
        let kind = DeploymentKind.switchover(to: successor)
        write("\n\(style.paint(words, .bold))\n\n")
        write(PlanText(plan: plan, inventory: inventory, style: style, isVerbose: isVerbose, kind: kind).text)
        write("\nLast, apply looks once more, and does what had to wait for that.\n")
    }

    private func log(_ step: RunEvent) {
        if case .started(let planned) = step { console.logger.debug("step \(planned.id)") }
    }

    private func show(_ outcome: DeploymentOutcome) {
        let done = outcome.rounds.reduce(0) { $0 + $1.report.done.count }
        let changed = "\(done) \(done == 1 ? "step" : "steps") done in \(outcome.duration.text)"
        switch outcome.ending {
        case .converged:
            if outcome.rounds.isEmpty { return }
            let left = outcome.without.isEmpty ? "" : ", but for \(outcome.without.sorted().joined(separator: ", "))"
            write(style.paint("\(beginning(kind.goal))\(left).", .green) + " \(changed).\n")
            if let outage = outcome.outage { write("Writes were interrupted for \(outage.text).\n") }
            showLeftOut(outcome)
        case .left(let plan):
            if outcome.rounds.isEmpty { return }
            write("\(changed). This is left:\n")
            write(planText(plan))
        case .refused:
            write(outcome.rounds.isEmpty ? "Nothing was changed.\n" : "\(changed), then no further.\n")
        case .declined: write(outcome.rounds.isEmpty ? "Nothing was changed.\n" : "\(changed).\n")
        case .failed, .interrupted: showBreak(outcome, changed)
        }
    }

    /// As a sentence begins, but for a host's name.
    private func beginning(_ words: String) -> String {
        inventory.host(String(words.prefix { $0 != " " })) == nil
            ? words.prefix(1).uppercased() + words.dropFirst() : words
    }

    private func showLeftOut(_ outcome: DeploymentOutcome) {
        let names = inventory.hosts.map(\.name).filter { outcome.leftOut.contains($0) }
        if names.isEmpty { return }
        write("\(names.joined(separator: ", ")) left as \(names.count == 1 ? "it is" : "they are"): ")
        write(names.map { "`kumki rejoin \(inventory.file) \($0)`" }.joined(separator: ", ") + " brings it back.\n")
    }

    /// Where it ended: the one cause, then what was left undone.
    private func showBreak(_ outcome: DeploymentOutcome, _ changed: String) {
        guard let last = outcome.rounds.last else { return }
        if let cause = last.report.failures.first {
            write("\n")
            console.report([.error(cause.code, cause.message, hint: cause.hint)])
            for line in cause.output { console.tell("  \(console.errorStyle.paint("|", .dim)) \(line.visible)\n") }
        } else {
            write("\nstopped, as you asked.\n")
        }
        for other in last.report.failures.dropFirst() { write("\(other.id.visible) failed too\n") }
        let left = last.report.notStarted
        if !left.isEmpty {
            let names = isVerbose ? left[...] : left.prefix(8)
            let more = left.count > names.count ? " and \(left.count - names.count) more" : ""
            write("\(left.count) left undone: \(names.joined(separator: ", ").visible)\(more)\n")
        }
        if let back = outcome.wayBack {
            write((back.report.isComplete ? kind.wayBack?.ending : kind.wayBack?.failure) ?? "")
        } else {
            write("\(changed). Run the same command again: it goes on from here.\n")
        }
    }

    private func planText(_ plan: Plan) -> String {
        PlanText(plan: plan, inventory: inventory, style: style, isVerbose: isVerbose, kind: kind).text
    }

    private func write(_ text: String) {
        stream.write(text)
    }
}

extension DeploymentKind.WayBack {
    fileprivate var intent: String {
        switch self {
        case .start: "the former primary is started again"
        case .reattach: "the standbys follow as before"
        }
    }

    fileprivate var ending: String {
        switch self {
        case .start: "The former primary is primary again; nothing else was changed.\n"
        case .reattach: "The standbys follow as before, and nobody was promoted.\n"
        }
    }

    fileprivate var failure: String {
        switch self {
        case .start: "The former primary did not start again: `kumki start` once more, or look at its log.\n"
        case .reattach:
            "Not every standby follows as before: run the same command again, or `kumki elect`.\n"
        }
    }
}
