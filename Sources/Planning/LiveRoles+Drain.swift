import Blueprint
import Diagnostics
import Inventory
import Resources

/// A host that goes out of service, and hosts that are.
extension LiveRoles {
    /// A host that is to be drained hands its primary on first; of any other nothing is to be done here.
    mutating func settleForVacating(_ name: String, without: Set<String>) {
        let seen = databaseHosts.filter { facts[$0.name] != nil }
        let primaries = seen.filter { facts.server(of: $0.name)?.live?.inRecovery == false }
        if primaries.count == 1, let other = primaries.first, other.name != name {
            primary = .live(other.name)
            return
        }
        settleForSwitchover(to: nil, without: without)
        // Who stands in for a primary that is down is nothing that a drain may decide.
        if let former, former != name {
            self.former = nil
            primary = .none
            return refuseNoPrimary(seen.filter { mayHoldData($0) })
        }
        if let primaryName {
            checkConfirmation(without: name, under: primaryName)
            checkVotes(without: name)
        }
    }

    mutating func settleForDrain(of name: String, without: Set<String>) {
        if facts[name] == nil {
            refusals.append(
                .error(
                    "roles.unseen", "\(name) can't be seen, so nothing can be done on it",
                    hint: "where it is down already, `--without \(name)` lets the other commands go on"))
        }
        settle(without: without)
        guard case .live(let primary) = primary, primary != name else { return }
        checkVotes(without: name)
        guard let server = facts.server(of: name), server.isRunning else { return }
        checkConfirmation(without: name, under: primary)
        if inventory.replication.slots, let slot = inventory.host(name)?.slotName {
            notes.append(
                .warning(
                    "drain.slot", "slot \(slot) stays, and keeps WAL for \(name) until it is back",
                    hint: "`kumki status` shows how much (RETAINED); max_slot_wal_keep_size bounds it"))
        }
    }

    /// Each commit of a cluster with too few synchronous standbys would wait for one that is out of service.
    private mutating func checkConfirmation(without name: String, under primary: String) {
        let synchronous = inventory.synchronousHosts.map(\.name)
        guard synchronous.contains(name) || former == name else { return }
        let confirm = inventory.replication.confirm
        let able = synchronous.filter { host in
            guard host != primary, host != name, drained[host] == nil else { return false }
            guard let live = facts.server(of: host)?.live, live.inRecovery else { return false }
            // A primary that an earlier attempt has stopped sends nothing.
            return facts.server(of: former ?? primary)?.isRunning != true || live.receiver?.status == "streaming"
        }
        if synchronous.isEmpty || able.count >= confirm { return }
        let left = able.isEmpty ? "none" : able.joined(separator: ", ")
        refusals.append(
            .error(
                "drain.synchronous",
                "without \(name) too few synchronous standbys would be left to confirm commits: \(confirm) must (replication.synchronous.confirm), and there would be \(left)",
                at: inventory.places["replication.synchronous.confirm"],
                hint:
                    "every commit would wait. Make another standby sync, lower `confirm`, or make \(name) async (`replication: async`); `kumki apply`, then drain it"
            ))
    }

    /// Its pgpool-II stops with it, and the watchdog acts only as long as most of its voters are there.
    private mutating func checkVotes(without name: String) {
        guard inventory.ha.engine == .pgpool else { return }
        let drained = drained
        let unit = PgpoolLocation(inventory, version: nil).unit
        let voters = inventory.poolHosts.map(\.name)
        let voting = voters.filter { host in
            guard let seen = facts[host], drained[host] == nil else { return false }
            if case .unknown = seen.unit(unit) { return true }
            return seen.unit(unit).value?.isActive == true
        }
        // One that is stopped already takes no vote away.
        guard voting.contains(name) else { return }
        let left = voting.filter { $0 != name }
        let needed =
            inventory.pgpool.watchdog.halfVotes == true ? (voters.count + 1) / 2 : voters.count / 2 + 1
        if left.count >= needed { return }
        refusals.append(
            .error(
                "drain.quorum",
                "without \(name) too few pgpool-IIs would be left to vote: \(needed) of \(voters.count) must, and there would be \(left.isEmpty ? "none" : left.joined(separator: ", "))",
                at: inventory.places["ha.engine"],
                hint:
                    "nothing would fail over, and nobody would have the virtual address. Bring another host back first, or add a witness (`roles: [witness]`) and `kumki apply`; then drain it"
            ))
    }

    /// Hosts that are out of service, and since when, but for the one that the command brings back.
    var drained: [String: String] {
        var drained = facts.drained(in: inventory)
        switch rule {
        case .returning(let name), .undraining(let name): drained[name] = nil
        case .live, .starting, .stopping, .switchover, .vacating, .draining, .failover, .reattaching: break
        }
        return drained
    }

    mutating func noteDrained() {
        for (host, since) in drained.sorted(by: { $0.key < $1.key }) {
            if case .draining(host) = rule { continue }
            notes.append(
                .warning(
                    "host.drained", "\(host) is drained since \(since): it is left as it is",
                    hint: "`kumki undrain \(inventory.file) \(host)` brings it back"))
        }
    }
}
