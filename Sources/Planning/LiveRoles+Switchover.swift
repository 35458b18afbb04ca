import Diagnostics
import Inventory
import PostgreSQL
import Resources

/// A planned change of primary: from whom to whom, and whether it may begin.
extension LiveRoles {
    /// More than this between the primary and its successor would make the applications wait for too long.
    private static let mostLag = 16 << 20

    mutating func settleForSwitchover(to wanted: String?, without: Set<String>) {
        let seen = databaseHosts.filter { facts[$0.name] != nil }
        let primaries = seen.filter { facts.server(of: $0.name)?.live?.inRecovery == false }
        if primaries.count > 1 { return refuseSplitBrain(primaries) }
        if let primary = primaries.first, primary.name == wanted {
            self.primary = .live(primary.name)
            return checkMajority(seen, without)
        }
        guard let former = primaries.first ?? stoppedPrimary(seen) else {
            return refuseNoPrimary(seen.filter { mayHoldData($0) })
        }
        guard let target = wanted ?? successor(of: former) else {
            refusals.append(
                .error(
                    "switchover.target", "no standby of \(former.name) could take over",
                    hint: "look at `kumki status`; name a host with `--to` to see why it can't"))
            return
        }
        primary = .live(target)
        self.former = former.name
        checkMajority(seen, without)
        checkSuccessor(target, of: former)
    }

    /// A primary that an earlier switchover has stopped and nobody has followed yet.
    private func stoppedPrimary(_ seen: [InventoryHost]) -> InventoryHost? {
        let withData = seen.filter { facts.server(of: $0.name)?.dataVersion != nil }
        let candidates = withData.filter { !isStandby($0) }
        guard candidates.count == 1, let candidate = candidates.first,
            timeline(of: candidate) == withData.map({ timeline(of: $0) }).max()
        else { return nil }
        return candidate
    }

    /// The synchronous standbys first, then those with the most WAL; nobody who is held back or cascades.
    private func successor(of former: InventoryHost) -> String? {
        // A primary that an earlier attempt has stopped sends nothing.
        let sends = facts.server(of: former.name)?.isRunning == true
        let able = databaseHosts.filter { host in
            guard let live = facts.server(of: host.name)?.live, live.inRecovery else { return false }
            return host.name != former.name && host.upstream == nil && host.replication.failover
                && host.replication.applyDelay == nil
                && (!sends || live.receiver?.status == "streaming")
        }
        let ranked = able.map { host -> (name: String, isSynchronous: Bool, received: LSN) in
            let received = facts.server(of: host.name)?.live?.receivedLSN ?? LSN(0)
            return (host.name, inventory.replicationMode(of: host) == .sync, received)
        }
        return ranked.max { one, other in
            one.isSynchronous == other.isSynchronous ? one.received < other.received : other.isSynchronous
        }?.name
    }

    private mutating func checkSuccessor(_ target: String, of former: InventoryHost) {
        if let words = obstacle(to: target, after: former) {
            refusals.append(
                .error(
                    "switchover.target", "\(target) can't take over from \(former.name): \(words)",
                    hint: "look at `kumki status`, mend it with `kumki apply`, then run this again"))
        }
    }

    private func obstacle(to target: String, after former: InventoryHost) -> String? {
        guard let host = inventory.host(target), host.isDatabase else { return "it is no database host" }
        if host.replication.applyDelay != nil { return "it is held back by its apply_delay" }
        guard facts[target] != nil else { return "it can't be seen" }
        if drained[target] != nil { return "it is drained; `kumki undrain` brings it back" }
        guard let live = facts.server(of: target)?.live, live.inRecovery else { return "it does not run as a standby" }
        // A standby that nothing is sent to shows its timeline by the newest history that it has fetched.
        if timeline(of: host) != timeline(of: former) {
            return "it is on timeline \(timeline(of: host)), \(former.name) on \(timeline(of: former))"
        }
        guard let current = facts.server(of: former.name)?.live?.currentLSN else { return nil }
        guard live.receiver?.status == "streaming" else { return "it does not stream" }
        guard let received = live.receivedLSN else { return "it has received nothing" }
        let lag = current.distance(from: received)
        return lag > Self.mostLag ? "\(lag >> 20) MB are missing there" : nil
    }
}
