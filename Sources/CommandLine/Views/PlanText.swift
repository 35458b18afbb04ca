import Inventory
import Planning
import PostgreSQL
import Resources

/// A plan for people: host by host, in order, a line a change and the difference below it.
struct PlanText {
    let plan: Plan
    let inventory: Inventory
    var style = Style.plain
    /// With the content of new files, and what each change waits for.
    var isVerbose = false
    var kind = DeploymentKind.apply

    private static let shownPending = 8

    var text: String {
        var parts: [String] = []
        for host in hosts {
            let changes = plan.changes.filter { $0.host == host }
            if !changes.isEmpty { parts.append(group(host, changes)) }
        }
        if !plan.pending.isEmpty { parts.append(pending) }
        if let memoryHint { parts.append(memoryHint) }
        parts.append(summary + "\n")
        return parts.joined(separator: "\n")
    }

    /// In the order of the inventory; a host that left it comes last.
    private var hosts: [String] {
        let known = inventory.hosts.map(\.name)
        return known + Set(plan.changes.map(\.host)).subtracting(known).sorted()
    }

    private func group(_ host: String, _ changes: [PlannedChange]) -> String {
        var lines = [heading(host)]
        let width = min(40, changes.map(\.id.count).max() ?? 0)
        for planned in changes { lines += describe(planned, width) }
        return lines.map { $0 + "\n" }.joined()
    }

    private func heading(_ host: String) -> String {
        guard let declared = inventory.host(host) else { return style.paint(host, .bold) }
        let role = host == plan.primary ? "primary" : declared.isDatabase ? "standby" : ""
        let roles = ([role] + declared.roles.filter { $0 != .primary && $0 != .standby }.map(\.rawValue))
            .filter { !$0.isEmpty }
        let quiet = ([declared.address] + roles).joined(separator: ", ")
        return style.paint(host, .bold) + style.paint("  \(quiet)", .dim)
    }

    private func describe(_ planned: PlannedChange, _ width: Int) -> [String] {
        let change = planned.change
        var line = "  \(sign(change.action)) \(planned.id.visible.padded(to: width))  \(reason(of: change).visible)"
        if let tag = tag(change.effect) { line += "   \(tag)" }
        var lines = [line]
        if change.destroysData {
            lines.append("      " + style.paint(" DESTROYS DATA on \(planned.host) ", .loud))
        }
        if isVerbose, !planned.after.isEmpty {
            lines.append(style.paint("      after \(planned.after.joined(separator: ", "))", .dim))
        }
        if let diff = change.diff, isVerbose || change.action != .create {
            if !isVerbose, let other = firstHost(with: diff), other != planned.host {
                return lines + ["      " + style.paint("the same difference as on \(other)", .dim)]
            }
            lines += diff.split(separator: "\n", omittingEmptySubsequences: false).map { paintedDiff(String($0)) }
        }
        return lines
    }

    /// A long list of settings is cut where the difference below holds it all.
    private func reason(of change: Change) -> String {
        let parts = change.reason.split(separator: ", ")
        guard parts.count > 4, change.diff != nil, change.action != .create else { return change.reason }
        return parts.prefix(3).joined(separator: ", ") + " and \(parts.count - 3) more"
    }

    /// Where a difference is shown: on the first of the hosts that have the same one.
    private func firstHost(with diff: String) -> String? {
        let having = Set(plan.changes.filter { $0.change.diff == diff }.map(\.host))
        return hosts.first { having.contains($0) }
    }

    private func sign(_ action: Change.Action) -> String {
        switch action {
        case .create: style.paint("+", .green)
        case .update: style.paint("~", .yellow)
        case .delete: style.paint("-", .red)
        case .run: style.paint(">", .cyan)
        }
    }

    private func tag(_ effect: Change.Effect) -> String? {
        switch effect {
        case .none: nil
        case .reload: style.paint("[reload]", .cyan)
        case .restart: style.paint("[restart]", .yellow)
        case .promote: style.paint("[promote]", .magenta)
        case .rebuild: style.paint("[rebuild]", .red)
        }
    }

    private func paintedDiff(_ line: String) -> String {
        let text = line.visible
        if text.hasPrefix("---") || text.hasPrefix("+++") { return "      " + style.paint(text, .dim) }
        if text.hasPrefix("@@") { return "      " + style.paint(text, .cyan) }
        if text.hasPrefix("+") { return "      " + style.paint(text, .green) }
        if text.hasPrefix("-") { return "      " + style.paint(text, .red) }
        return text.isEmpty ? "" : "      " + text
    }

    private var pending: String {
        let shown = isVerbose ? plan.pending[...] : plan.pending.prefix(Self.shownPending)
        let width = min(40, shown.map(\.id.count).max() ?? 0)
        var text = "can't be seen yet, or waits:\n"
        for item in shown {
            text += "  ? \(item.id.visible.padded(to: width))  \(style.paint(item.reason.visible, .dim))\n"
        }
        let left = plan.pending.count - shown.count
        if left > 0 { text += style.paint("    and \(left) more (--verbose shows them)", .dim) + "\n" }
        return text
    }

    /// What PostgreSQL's memory settings could be sized by, where the inventory does not say.
    private var memoryHint: String? {
        guard kind == .apply, !plan.changes.isEmpty else { return nil }
        let hosts = inventory.databaseHosts.filter { $0.memory == nil }
        let sizes = hosts.compactMap { host in
            plan.memory[host.name].map { (host: host.name, text: ByteCount(bytes: $0).text) }
        }
        guard let first = sizes.first else { return nil }
        let words =
            sizes.count > 1 && sizes.allSatisfy { $0.text == first.text }
            ? "each host has \(first.text)" : sizes.map { "\($0.host) has \($0.text)" }.joined(separator: ", ")
        return style.paint("`memory` is not declared, so memory settings keep PostgreSQL's defaults: \(words)", .dim)
            + "\n"
    }

    var summary: String {
        let summary = plan.summary
        if plan.changes.isEmpty {
            if !plan.refusals.isEmpty || !plan.unreachable.isEmpty { return "Nothing can be planned." }
            if !plan.pending.isEmpty { return "Nothing to change now; see what waits above." }
            return style.paint("Nothing to change: \(kind.goal).", .green)
        }
        let counts = [
            (summary.create, "create"), (summary.update, "update"), (summary.delete, "delete"), (summary.run, "run"),
        ].map { "\($0) to \($1)" }.joined(separator: ", ")
        let restarts = "\(summary.restart) \(summary.restart == 1 ? "restart" : "restarts")"
        let reloads = "\(summary.reload) \(summary.reload == 1 ? "reload" : "reloads")"
        let hosts = "\(summary.hosts) \(summary.hosts == 1 ? "host" : "hosts")"
        return style.paint("Plan:", .bold) + " \(counts); \(restarts), \(reloads) on \(hosts)."
    }
}

extension ByteCount {
    /// For people, in the largest unit that leaves a number of at least one: `15.6 GB`.
    var text: String {
        var tenths = bytes * 10
        for unit in ["B", "kB", "MB", "GB"] {
            if tenths < 10_240 {
                return tenths % 10 == 0 ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
            }
            tenths /= 1024
        }
        return "\(tenths / 10).\(tenths % 10) TB"
    }
}
