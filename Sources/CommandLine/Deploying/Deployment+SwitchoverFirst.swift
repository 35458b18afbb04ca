import Diagnostics
import Planning

/// A primary that has to restart hands on first, and restarts as a standby: writes pause for the switchover alone.
extension Deployment {
    /// Looks who takes over, and shows it, before anything is changed.
    ///
    /// - Returns: a plan that says why it can't be done; nil where it can, or is not asked for.
    func announce(_ plan: Plan, _ outcome: inout DeploymentOutcome) async throws -> Plan? {
        guard let part = parts.first(where: { $0.condition == .whenRestartWaits && $0.kind == .switchover(to: nil) })
        else { return nil }
        var switchover = try await part.planner.plan(with: connections.observer, settling: part.kind.rule)
        // The lower value must stand in the primary's WAL before any standby may take it.
        if let lowered = plan.pending.first(where: { $0.id.hasSuffix("/lowered settings") }) {
            switchover.refusals.append(
                .error(
                    "switchover-first.lowered",
                    "\(lowered.id.prefix { $0 != "/" }) may take a lower value only after the primary did: \(lowered.reason)",
                    hint: "the primary must restart as primary: run `kumki apply` without --switchover-first"))
        }
        report(.announced(switchover))
        if !switchover.canBeCarriedOut { return switchover }
        outcome.successor = switchover.primary
        return nil
    }
}
