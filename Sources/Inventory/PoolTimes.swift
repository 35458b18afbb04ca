/// How fast pgpool-II is: `ha.profile` and `ha.delay` with what `pgpool.health_check` and `pgpool.watchdog` say instead.
/// In whole seconds, as pgpool-II counts; a part of one counts as a whole.
package struct PoolTimes: Hashable, Sendable {
    package let checkPeriod: Int
    package let checkTimeout: Int
    package let checkRetries: Int
    package let checkRetryDelay: Int
    package let watchdogInterval: Int
    /// A node whose heartbeat is older than this is lost.
    package let watchdogDeadtime: Int

    package init(_ inventory: Inventory) {
        let isFast = inventory.ha.profile == .fast
        let check = inventory.pgpool.healthCheck
        checkPeriod = (check.period ?? .seconds(isFast ? 1 : 5)).wholeSeconds
        checkTimeout = (check.timeout ?? .seconds(isFast ? 3 : 20)).wholeSeconds
        // The last of the retries is what a delayed failover waits for: a server that answers it is not lost.
        let delay = inventory.ha.delay.wholeSeconds
        let retries = max(check.retries ?? (isFast ? 1 : 3), delay > 0 ? 1 : 0)
        checkRetries = retries
        checkRetryDelay = max(isFast ? 0 : 3, retries > 0 ? (delay + retries - 1) / retries : 0)
        let watchdog = inventory.pgpool.watchdog
        watchdogInterval = (watchdog.interval ?? .seconds(isFast ? 1 : 10)).wholeSeconds
        watchdogDeadtime = (watchdog.deadtime ?? .seconds(isFast ? 3 : 30)).wholeSeconds
    }

    /// Until a server that accepts connections and answers nothing is lost.
    package var hangLimit: Int { checkTimeout * (checkRetries + 1) + checkRetryDelay * checkRetries }
}

extension Duration {
    fileprivate var wholeSeconds: Int { Int(components.seconds) + (components.attoseconds > 0 ? 1 : 0) }
}
