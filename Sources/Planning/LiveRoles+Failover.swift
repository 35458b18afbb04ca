import Blueprint
import Diagnostics
import Inventory
import PostgreSQL
import Resources

/// A cluster without a primary: who shall be it, whether the old one is gone for certain, and whether enough answer.
extension LiveRoles {
    /// - Parameter wanted: nil is an election: the newest becomes primary, or starts when it was primary before.
    mutating func settleForFailover(
        to wanted: String?, fenced: Set<String>, acceptsLoss: Bool, without: Set<String>
    ) {
        let seen = databaseHosts.filter { facts[$0.name] != nil }
        let primaries = seen.filter { facts.server(of: $0.name)?.live?.inRecovery == false }
        var takeover = Operation.Takeover(fenced: fenced)
        takeover.leftAlone = Set(seen.filter { !takesPart($0) && drained[$0.name] == nil }.map(\.name))
        defer { self.takeover = takeover }
        if primaries.count > 1 { return refuseSplitBrain(primaries) }
        if let alive = primaries.first {
            guard wanted == nil || wanted == alive.name else {
                return refusals.append(FailoverRefusal.alive(alive.name))
            }
            // It was promoted before; the others still have to follow.
            primary = .live(alive.name)
            takeover.promotes = false
            takeover.leftAlone.formUnion(strayed(from: alive))
            return checkMajority(seen, without.union(fenced))
        }
        lost = lostPrimary(fenced)
        guard let target = wanted ?? elected() else { return refuseNoPrimary(seen.filter { mayHoldData($0) }) }
        primary = .live(target)
        if wanted == nil { noteStanding(target) }
        if wanted == nil, facts.server(of: target)?.wasPrimary == true {
            takeover.promotes = false
            takeover.leftAlone.remove(target)
            return checkUnseen(fenced, without, besides: target)
        }
        guard let host = inventory.host(target), host.isDatabase, obstacle(to: host, takeover) == nil else {
            return refuse(target, takeover)
        }
        checkUnseen(fenced, without, besides: nil)
        checkMajority(seen, without.union(fenced))
        checkQuorum(&takeover, strayed: strayed(from: host), acceptsLoss)
    }

    /// A standby with data that answers, or is stopped in good order.
    private func takesPart(_ host: InventoryHost) -> Bool {
        if drained[host.name] != nil { return false }
        guard let server = facts.server(of: host.name), server.dataVersion != nil, server.marker == nil else {
            return false
        }
        switch server.state {
        case .running: return true
        case .silent: return false
        case .stopped: return isStandby(host) && !server.wasPrimary
        }
    }

    // MARK: Who was primary

    /// The host that the standbys followed, or the only one that can have been it; nil where that can't be told.
    private func lostPrimary(_ fenced: Set<String>) -> String? {
        let standbys = Set(databaseHosts.filter { takesPart($0) }.map(\.name))
        let followed = Set(
            standbys.compactMap { followedAddress(by: $0) }.compactMap { address in
                databaseHosts.first { $0.address == address }?.name
            }
        ).subtracting(standbys)
        if followed.count == 1 { return followed.first }
        // Once they are cut off they no longer say it.
        let others = databaseHosts.map(\.name).filter { name in
            !standbys.contains(name) && (facts[name] == nil || facts.server(of: name)?.wasPrimary == true)
        }
        if others.count == 1 { return others.first }
        let known = others.filter { fenced.contains($0) || facts[$0] != nil }
        return known.count == 1 ? known.first : nil
    }

    private func followedAddress(by host: String) -> String? {
        guard let server = facts.server(of: host) else { return nil }
        let text =
            server.live?.receiver?.conninfo ?? server.live?.settings["primary_conninfo"]?.setting
            ?? ConfigurationFile(parsing: server.recoveryConf ?? server.autoConf, name: "")["primary_conninfo"]?.value
        return text.flatMap { try? Conninfo(parsing: $0) }?["host"]
    }

    // MARK: Who shall be

    private func obstacle(to host: InventoryHost, _ takeover: Operation.Takeover) -> String? {
        if facts[host.name] == nil { return "it can't be seen" }
        if drained[host.name] != nil { return "it is drained" }
        if host.replication.applyDelay != nil { return "it is held back by its apply_delay" }
        if !host.replication.failover { return "the inventory says `failover: false` of it" }
        guard let server = facts.server(of: host.name), server.dataVersion != nil else { return "it holds no data" }
        if let marker = server.marker { return "its data must not be used: \(marker)" }
        if case .silent(let words) = server.state { return "its server does not answer: \(words)" }
        if server.wasPrimary { return "it was primary itself: `kumki elect` or `kumki start` starts it" }
        return takeover.leftAlone.contains(host.name) ? "it is no standby" : nil
    }

    private mutating func refuse(_ target: String, _ takeover: Operation.Takeover) {
        let host = inventory.host(target).flatMap { $0.isDatabase ? $0 : nil }
        let words = host.map { obstacle(to: $0, takeover) ?? "" } ?? "it is no database host"
        refusals.append(
            .error(
                "failover.target", "\(target) can't become primary: \(words)",
                hint: "name another host; `kumki elect` takes the newest"))
    }

    /// A former primary on the newest line has all that any standby ever got from it; else the standby with most.
    private func elected() -> String? {
        let withData = databaseHosts.filter { facts.server(of: $0.name)?.dataVersion != nil }
        let newest = withData.map { timeline(of: $0) }.max()
        let former = withData.filter { host in
            guard let server = facts.server(of: host.name), server.marker == nil, server.wasPrimary else {
                return false
            }
            if case .stopped = server.state { return timeline(of: host) == newest }
            return false
        }
        if former.count == 1 { return former.first?.name }
        let able = databaseHosts.filter { obstacle(to: $0, Operation.Takeover()) == nil && takesPart($0) }
        return able.max { one, other in isBehind(one, other) }?.name
    }

    private func isBehind(_ one: InventoryHost, _ other: InventoryHost) -> Bool {
        let (mine, theirs) = (timeline(of: one), timeline(of: other))
        if mine != theirs { return mine < theirs }
        let (here, there) = (received(one), received(other))
        if here != there { return here < there }
        // With as much, one that the others follow by the inventory goes before one that is declared below another.
        return one.upstream != nil && other.upstream == nil
    }

    private func received(_ host: InventoryHost) -> LSN {
        if let position = facts[host.name].flatMap({ WALEnd.position(in: $0).value }) { return position.lsn }
        let server = facts.server(of: host.name)
        return max(
            server?.live?.receivedLSN ?? .none, server?.live?.replayedLSN ?? server?.control?.latestKnown ?? .none)
    }

    private mutating func noteStanding(_ target: String) {
        let words = databaseHosts.compactMap { host -> String? in
            guard let seen = facts[host.name], let server = seen.server.value, server.dataVersion != nil else {
                return nil
            }
            let role = server.wasPrimary ? "was primary" : "standby"
            let position =
                WALEnd.position(in: seen).value?.words ?? "timeline \(timeline(of: host)), at least \(received(host))"
            return "\(host.name) (\(role); \(position))"
        }
        let isFormer = facts.server(of: target)?.wasPrimary == true
        notes.append(
            .warning(
                "elect.newest",
                "nobody is primary. There are \(words.joined(separator: ", ")): \(target) \(isFormer ? "was primary last and starts again" : "has most")"
            ))
    }

    // MARK: Whether it may begin

    /// Standbys that left the target's line when it, or the one it follows, was promoted: they keep nothing back.
    private func strayed(from target: InventoryHost) -> Set<String> {
        guard let own = facts[target.name].flatMap({ WALEnd.position(in: $0).value }) else { return [] }
        let strayed = databaseHosts.filter { host in
            guard let theirs = facts[host.name].flatMap({ WALEnd.position(in: $0).value }) else { return false }
            return theirs.timeline < own.timeline && !theirs.isOnOneLine(with: own)
        }
        return Set(strayed.map(\.name))
    }

    /// A host that can't be seen may be primary, or hold more than those that can.
    private mutating func checkUnseen(_ fenced: Set<String>, _ without: Set<String>, besides target: String?) {
        for host in databaseHosts where facts[host.name] == nil && host.name != target {
            if fenced.contains(host.name) {
                checkFenced(host)
            } else if lost == host.name || (lost == nil && target == nil) {
                let heard = listeners(to: host)
                let words = heard.isEmpty ? "it may still be primary" : "it answers to \(heard.joined(separator: ", "))"
                refusals.append(
                    .error(
                        heard.isEmpty ? "failover.unseen" : "failover.alive",
                        "\(host.name) can't be seen from here: \(words)",
                        hint: "switch it off, so that it can't come back, then add `--fenced \(host.name)`"))
            } else if !without.contains(host.name) {
                refusals.append(
                    .error(
                        "roles.unseen", "\(host.name) can't be seen and may hold more than the others",
                        hint: "bring it back, or accept the absence with `--without \(host.name)`"))
            }
        }
        for host in databaseHosts {
            guard let server = facts.server(of: host.name), case .silent = server.state, server.wasPrimary else {
                continue
            }
            let heard = listeners(to: host)
            if heard.isEmpty { continue }
            refusals.append(
                .error(
                    "failover.alive", "\(host.name) was primary and answers to \(heard.joined(separator: ", "))",
                    hint: "it may be starting up: look again in a moment"))
        }
    }

    private mutating func checkFenced(_ host: InventoryHost) {
        let heard = listeners(to: host)
        if heard.isEmpty { return }
        refusals.append(
            .error(
                "failover.alive",
                "\(host.name) is said to be switched off, but \(heard.joined(separator: ", ")) heard from it a moment ago",
                hint: "switch it off; if you just did, run this again in a few seconds"))
    }

    /// Those that have an answer from the host, or got WAL from it a moment ago.
    private func listeners(to host: InventoryHost) -> [String] {
        databaseHosts.filter { other in
            guard let seen = facts[other.name] else { return false }
            if SignsOfLife.answering(in: seen)?.contains(host.name) == true { return true }
            return followedAddress(by: other.name) == host.address && SignsOfLife.hearsUpstream(in: seen)
        }.map(\.name)
    }

    /// Of n synchronous standbys of which k confirm, n − k + 1 have among them one with every confirmed commit.
    ///
    /// Those that strayed are left alone. They are seen, and can't have confirmed anything on the line that counts.
    private mutating func checkQuorum(
        _ takeover: inout Operation.Takeover, strayed: Set<String>, _ acceptsLoss: Bool
    ) {
        let leftAlone = takeover.leftAlone
        takeover.leftAlone.formUnion(strayed)
        let standbys = inventory.synchronousHosts.map(\.name).filter { $0 != lost }
        if standbys.isEmpty {
            notes.append(
                .warning(
                    "failover.async",
                    "no standby confirmed what \(lost ?? "the primary") wrote: the last of it may be missing"))
            return
        }
        let needed = max(0, standbys.count - inventory.replication.confirm + 1)
        let answering = standbys.count { facts[$0] != nil && !leftAlone.contains($0) && drained[$0] == nil }
        if acceptsLoss {
            if answering >= needed { return }
            notes.append(
                .warning(
                    "failover.loss",
                    "\(answering) of \(standbys.count) synchronous standbys answer: what was confirmed by others is lost, as accepted"
                ))
            return
        }
        takeover.needed = max(0, needed - standbys.count(where: strayed.contains))
        if answering < needed { refusals.append(FailoverRefusal.quorum(answering, of: needed)) }
    }

    // MARK: Given up

    /// The standbys follow whom they followed before, as long as nobody else is primary.
    mutating func settleForReattaching(to host: String) {
        let primaries = databaseHosts.filter { facts.server(of: $0.name)?.live?.inRecovery == false }
        if let other = primaries.first(where: { $0.name != host }) {
            return refusals.append(FailoverRefusal.alive(other.name))
        }
        primary = .live(host)
    }
}
