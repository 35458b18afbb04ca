package import Blueprint
package import Diagnostics
package import Inventory
import PostgreSQL
package import Resources

/// Who is primary, as the live cluster decides it.
package struct LiveRoles: Sendable {
    /// What is asked: a change needs a primary that lives, a start one that can be brought up, a stop takes what is there.
    package enum Rule: Hashable, Sendable {
        case live, starting, stopping
        /// Another host shall become primary; nil leaves the choice to the live cluster.
        case switchover(to: String?)
        /// This host shall not be primary; nothing is to be done when it isn't.
        case vacating(String)
        /// This host goes out of service, or is in service again.
        case draining(String)
        case undraining(String)
        /// This host comes back as a standby of whoever else is primary.
        case returning(String)
        /// The primary is gone and another host shall take its place; nil takes the newest, a former primary too.
        case failover(to: String?, fenced: Set<String>, acceptsLoss: Bool)
        /// A failover was given up: the standbys follow the host again, though it is gone.
        case reattaching(to: String)
    }

    package enum Primary: Hashable, Sendable {
        /// No database host holds data yet, or only the one where the cluster is being born.
        case born(String)
        case live(String)
        /// There is none to go by; the refusals say why.
        case none
    }

    package internal(set) var primary: Primary = .none
    /// The host that is primary now and shall not stay so.
    package internal(set) var former: String?
    /// The primary that is gone, where that can be told.
    package internal(set) var lost: String?
    /// What a failover goes by; nil for all else.
    package internal(set) var takeover: Operation.Takeover?
    /// Why nothing may be changed as long as it stays so.
    package internal(set) var refusals: [Diagnostic] = []
    /// What a reader of the plan should know.
    package internal(set) var notes: [Diagnostic] = []

    let inventory: Inventory
    let facts: ClusterFacts
    let rule: Rule

    /// - Parameter without: hosts whose absence the user has accepted by name.
    package init(
        _ inventory: Inventory, _ facts: ClusterFacts, without: Set<String> = [], rule: Rule = .live
    ) {
        self.inventory = inventory
        self.facts = facts
        self.rule = rule
        switch rule {
        case .live, .undraining: settle(without: without)
        case .starting: settleForStart(without: without)
        case .stopping: settleForStop()
        case .switchover(let target): settleForSwitchover(to: target, without: without)
        case .vacating(let name): settleForVacating(name, without: without)
        case .draining(let name): settleForDrain(of: name, without: without)
        case .returning(let name): settleForReturn(of: name, without: without)
        case .failover(let target, let fenced, let acceptsLoss):
            settleForFailover(to: target, fenced: fenced, acceptsLoss: acceptsLoss, without: without)
        case .reattaching(let host): settleForReattaching(to: host)
        }
        checkVersions()
        // What only stops need not fit.
        if rule == .stopping { return }
        noteDrained()
        checkPlaces()
        // What lies on a host that comes back is judged by what is done to it.
        if case .returning = rule { return }
        checkIdentifiers()
        // A primary that is still to be promoted has no line of its own yet.
        if former == nil, takeover == nil { checkLines() }
    }

    package var primaryName: String? {
        switch primary {
        case .born(let name), .live(let name): name
        case .none: nil
        }
    }

    var databaseHosts: [InventoryHost] { inventory.databaseHosts }

    mutating func settle(without: Set<String>) {
        let seen = databaseHosts.filter { facts[$0.name] != nil }
        let withData = seen.filter { mayHoldData($0) }
        let primaries = seen.filter { facts.server(of: $0.name)?.live?.inRecovery == false }
        if primaries.count > 1 {
            refuseSplitBrain(primaries)
        } else if let primary = primaries.first {
            self.primary = .live(primary.name)
            if primary.name != inventory.bornPrimary?.name { noteMove(to: primary) }
            checkMajority(seen, without)
        } else if let born = bornPrimary(withData, seen) {
            primary = .born(born.name)
            checkMajority(seen, without)
        } else {
            refuseNoPrimary(withData)
        }
    }

    /// All are down or in recovery: the one that was primary last may go on, when nobody can be newer.
    private mutating func settleForStart(without: Set<String>) {
        let seen = databaseHosts.filter { facts[$0.name] != nil }
        let primaries = seen.filter { facts.server(of: $0.name)?.live?.inRecovery == false }
        if !primaries.isEmpty { return settle(without: without) }
        let drained = drained
        let withData = seen.filter { facts.server(of: $0.name)?.dataVersion != nil && drained[$0.name] == nil }
        let candidates = withData.filter { !isStandby($0) }
        let timelines = withData.map { timeline(of: $0) }
        guard candidates.count == 1, let candidate = candidates.first, timeline(of: candidate) == timelines.max() else {
            return refuseNoPrimary(withData)
        }
        if seen.count < databaseHosts.count {
            let missing = databaseHosts.filter { facts[$0.name] == nil && !without.contains($0.name) }.map(\.name)
            if !missing.isEmpty {
                refusals.append(
                    .error(
                        "roles.unseen", "\(missing.joined(separator: ", ")) can't be seen and may hold a newer primary",
                        hint: "bring it back, or accept the absence with `--without \(missing.joined(separator: ","))`")
                )
            }
        }
        primary = .live(candidate.name)
    }

    /// Any primary will do for an order of stopping; without one all the rest are standbys.
    private mutating func settleForStop() {
        let primaries = databaseHosts.filter { facts.server(of: $0.name)?.live?.inRecovery == false }
        if primaries.count > 1 { return refuseSplitBrain(primaries) }
        if let name = primaries.first?.name ?? inventory.bornPrimary?.name { primary = .live(name) }
    }

    func isStandby(_ host: InventoryHost) -> Bool {
        guard let server = facts.server(of: host.name) else { return false }
        if let live = server.live { return live.inRecovery }
        return inventory.postgresql.version < .v12 ? server.recoveryConf != nil : server.hasStandbySignal
    }

    func timeline(of host: InventoryHost) -> Int {
        let server = facts.server(of: host.name)
        return max(
            server?.live?.timeline ?? 0, server?.control.map { Int($0.timeline.number) } ?? 0,
            server?.history.map { Int($0.timeline.number) } ?? 0)
    }

    /// The host where the cluster is born, unless somebody else holds data that could be newer.
    private func bornPrimary(_ withData: [InventoryHost], _ seen: [InventoryHost]) -> InventoryHost? {
        guard let born = inventory.bornPrimary else { return nil }
        if withData.isEmpty { return born }
        guard withData.count == 1, withData[0].name == born.name, seen.count == databaseHosts.count,
            let server = facts.server(of: born.name)
        else { return nil }
        if case .stopped = server.state, !isStandby(born) { return born }
        return nil
    }

    /// Files of somebody else are no data of the cluster; a server that could not be read may hold some.
    func mayHoldData(_ host: InventoryHost) -> Bool {
        switch facts[host.name]?.server {
        case .absent, nil: false
        case .unknown: true
        case .present(let server): server.dataVersion != nil
        }
    }

    private mutating func noteMove(to primary: InventoryHost) {
        let timeline = facts.server(of: primary.name)?.live?.timeline ?? 0
        notes.append(
            .warning(
                "roles.moved",
                "\(primary.name) is primary (timeline \(timeline)), not \(inventory.bornPrimary?.name ?? "") where the cluster was born; everything is planned around it",
                hint: "`kumki switchover --to \(inventory.bornPrimary?.name ?? "")` would move it back"))
    }

    /// Fewer than a majority could be the wrong side of a partition.
    mutating func checkMajority(_ seen: [InventoryHost], _ without: Set<String>) {
        let accepted = databaseHosts.filter { host in
            seen.contains { $0.name == host.name } || without.contains(host.name)
        }
        if accepted.count * 2 > databaseHosts.count { return }
        let missing = databaseHosts.filter { facts[$0.name] == nil && !without.contains($0.name) }.map(\.name)
        refusals.append(
            .error(
                "roles.majority",
                "only \(seen.count) of \(databaseHosts.count) database hosts were seen: the rest may have another primary",
                hint:
                    "bring \(missing.joined(separator: ", ")) back, or accept the absence with `--without \(missing.joined(separator: ","))`"
            ))
    }

    mutating func refuseSplitBrain(_ primaries: [InventoryHost]) {
        let named = primaries.map { host in
            let live = facts.server(of: host.name)?.live
            return "\(host.name) (timeline \(live?.timeline ?? 0), LSN \(live?.currentLSN?.description ?? "unknown"))"
        }
        refusals.append(
            .error(
                "roles.split-brain", "\(primaries.count) primaries are alive: \(named.joined(separator: ", "))",
                hint: "keep the one that the applications write to, then `kumki rejoin INVENTORY HOST` each other one"))
    }

    mutating func refuseNoPrimary(_ withData: [InventoryHost]) {
        let words = withData.map { host -> String in
            guard let server = facts.server(of: host.name) else { return host.name }
            let state =
                switch server.state {
                case .running: "standby"
                case .stopped: "stopped"
                case .silent(let words): "running, but \(words)"
                }
            let timeline = server.live?.timeline ?? server.control.map { Int($0.timeline.number) } ?? 0
            let lsn = server.live?.receivedLSN ?? server.control?.latestKnown
            return "\(host.name) (\(state), timeline \(timeline), LSN \(lsn?.description ?? "unknown"))"
        }
        refusals.append(
            .error(
                "roles.no-primary",
                "no host is primary, but there is data: \(words.joined(separator: ", "))",
                hint:
                    "`kumki start` brings a stopped primary or cluster up; `kumki switchover --to HOST` goes on with one "
                    + "that broke off; `kumki elect` makes the newest primary"))
    }

    private mutating func checkVersions() {
        for host in databaseHosts {
            guard let found = facts.server(of: host.name)?.dataVersion else { continue }
            if found == inventory.postgresql.version.description { continue }
            refuseVersion(found, of: "\(host.name): the data directory")
        }
    }

    private mutating func refuseVersion(_ found: String, of subject: String) {
        refusals.append(
            .error(
                "version.major",
                "\(subject) is of PostgreSQL \(found), declared is \(inventory.postgresql.version)",
                at: inventory.places["postgresql.version"],
                hint: "kumki never upgrades a major version: declare version \(found), or pg_upgrade it first"))
    }

    /// A port or a data directory is never changed under a cluster that lives: half of it would look for the other half.
    private mutating func checkPlaces() {
        let port = inventory.postgresql.port
        let data = ServerLocation(inventory).dataDirectory
        for host in databaseHosts {
            guard let seen = facts[host.name] else { continue }
            if let live = seen.server.value?.port, live != port {
                refusals.append(
                    .error(
                        "port.changed", "\(host.name) listens on port \(live), declared is \(port)",
                        at: inventory.places["postgresql.port"],
                        hint:
                            "`kumki stop` the cluster, then `kumki start` brings it up on port \(port), pg_hba and upstreams included"
                    ))
            }
            let recorded = Record.recordedServers(cluster: inventory.cluster).name
            let places = seen.command(recorded).value?.split(separator: "\n").map(String.init) ?? []
            for entry in places {
                let words = entry.split(separator: " ", maxSplits: 1).map(String.init)
                guard words.count == 2, words[1] != data else { continue }
                let place = words[1]
                if words[0] != inventory.postgresql.version.description {
                    refuseVersion(words[0], of: "\(host.name) has this cluster's data in \(place), which")
                    continue
                }
                refusals.append(
                    .error(
                        "data-directory.changed",
                        "\(host.name) has this cluster's data in \(place), declared is \(data)",
                        at: inventory.places["postgresql.data_directory"],
                        hint: "`kumki stop`, move the directory to \(data) by hand on each host, then `kumki start`"))
            }
        }
    }

    private mutating func checkIdentifiers() {
        guard let name = primaryName, let identifier = facts.server(of: name)?.systemIdentifier else { return }
        for host in databaseHosts where host.name != name {
            guard let theirs = facts.server(of: host.name)?.systemIdentifier, theirs != identifier else { continue }
            refusals.append(
                .error(
                    "data.system-identifier",
                    "\(host.name) holds another database cluster (system identifier \(theirs), \(name) has \(identifier))",
                    hint:
                        "nothing of it is touched; move its data directory away, or `kumki rebuild INVENTORY \(host.name)` to replace it"
                ))
        }
    }

    /// A stopped server whose position lies past the point where the primary's line left its own can't follow.
    private mutating func checkLines() {
        guard case .live(let name) = primary, let server = facts.server(of: name), let live = server.live else {
            return
        }
        for host in databaseHosts where host.name != name {
            guard let other = facts.server(of: host.name)?.live, other.timeline > live.timeline else { continue }
            refusals.append(
                .error(
                    "data.diverged",
                    "\(host.name) follows timeline \(other.timeline), \(name) is primary on timeline \(live.timeline): \(host.name) had another primary",
                    hint: "look for that primary first; then `kumki rebuild INVENTORY \(host.name)` copies it afresh"))
        }
        let line: TimelineHistory
        if live.timeline <= 1 {
            line = .initial
        } else if let history = server.history, Int(history.timeline.number) == live.timeline {
            line = history
        } else {
            return
        }
        // What lies on a host that is out of service is judged when it comes back.
        let drained = drained
        for host in databaseHosts where host.name != name && drained[host.name] == nil {
            guard let other = facts.server(of: host.name), case .stopped = other.state, let control = other.control,
                !line.contains(control.latestKnownTimeline, control.latestKnown)
            else { continue }
            refusals.append(
                .error(
                    "data.diverged",
                    "\(host.name) stopped at \(control.latestKnown) on timeline \(control.latestKnownTimeline), which is not on \(name)'s line (timeline \(live.timeline))",
                    hint:
                        "`kumki rejoin INVENTORY \(host.name)` rewinds it, `kumki rebuild INVENTORY \(host.name)` copies it afresh"
                ))
        }
    }
}
