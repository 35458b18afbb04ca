import Diagnostics
import Inventory
import Resources

/// A host that comes back as a standby: whoever else is primary stays so, whatever that host is now.
extension LiveRoles {
    mutating func settleForReturn(of name: String, without: Set<String>) {
        let seen = databaseHosts.filter { facts[$0.name] != nil }
        if facts[name] == nil {
            refusals.append(
                .error(
                    "roles.unseen", "\(name) can't be seen, so nothing can be done on it",
                    hint: "bring the host up and look at `kumki status`"))
        }
        let primaries = seen.filter { $0.name != name && facts.server(of: $0.name)?.live?.inRecovery == false }
        if primaries.count > 1 { return refuseSplitBrain(primaries) }
        guard let primary = primaries.first else {
            let isPrimary = facts.server(of: name)?.live?.inRecovery == false
            refusals.append(
                .error(
                    "roles.no-other-primary",
                    "\(isPrimary ? "\(name) is the only primary" : "no host is primary"): there is nobody whom \(name) could follow",
                    hint: isPrimary
                        ? "`kumki switchover` makes another host primary first"
                        : "`kumki start` brings a stopped cluster up; `kumki elect` promotes the newest standby"))
            return
        }
        self.primary = .live(primary.name)
        checkMajority(seen, without)
        noteOthers(besides: [name, primary.name], under: primary.name)
    }

    /// Who follows yet another line is no reason to leave this host as it is, but worth a word.
    private mutating func noteOthers(besides named: Set<String>, under primary: String) {
        for host in databaseHosts where !named.contains(host.name) {
            switch Divergence(of: facts[host.name], from: facts[primary]) {
            case .none, .unknown: continue
            case .forked, .hopeless:
                notes.append(
                    .warning(
                        "data.diverged", "\(host.name) is not on \(primary)'s line either",
                        hint: "`kumki rejoin INVENTORY \(host.name)` comes next"))
            }
        }
    }
}
