import Blueprint
package import Inventory
package import Resources

/// What runs the cluster beside PostgreSQL itself: a watchdog, its leader, and who has the virtual addresses.
package struct EngineStatus: Hashable, Sendable {
    package struct VIP: Hashable, Sendable {
        /// `writer`
        package var name: String
        package var address: String
        package var holders: [String]
    }

    package var kind: EngineOptions.Engine
    /// `quorum`, `no quorum`, `paused`, `down`; nil without an engine.
    package var state: String?
    /// When its hands were taken off by `pause`, in UTC.
    package var pausedSince: String?
    package var leader: String?
    package var vips: [VIP] = []
    /// What a pgpool-II, under a watchdog its leader, says of each backend: `up`, `down`, `quarantined`.
    package var backends: [String: String] = [:]
    package var problems: [String] = []
    /// What harms nobody, and a person may want to know.
    package var notes: [String] = []

    /// What has to be read of a host beside its server.
    package static func probe(_ host: InventoryHost, _ inventory: Inventory) -> Probe {
        var probe = Probe()
        if inventory.poolHosts.contains(where: { $0.name == host.name }) {
            let location = PgpoolLocation(inventory, version: nil)
            probe.commands[PgpoolView.reading] = PgpoolView.fragment(
                at: location, hasWatchdog: inventory.ha.engine == .pgpool)
            probe.contents.insert(HostMark.path(.paused, cluster: inventory.cluster))
        }
        for vip in inventory.vips {
            probe.commands[AddressHolding.reading(vip.address)] = AddressHolding.fragment(vip.address)
        }
        return probe
    }

    package init(
        _ inventory: Inventory, _ facts: ClusterFacts, primary: String?, attached expected: Set<String>,
        without: Set<String> = []
    ) {
        kind = inventory.ha.engine
        var views: [(host: String, view: PgpoolView)] = []
        let drained = facts.drained(in: inventory)
        for host in inventory.poolHosts where !without.contains(host.name) {
            guard let seen = facts[host.name] else {
                // Of a database host it is said already.
                if !host.isDatabase { problems.append("\(host.name) can't be reached") }
                continue
            }
            guard case .present(let text) = seen.command(PgpoolView.reading) else {
                if drained[host.name] != nil { continue }
                problems.append("pgpool-II does not answer on \(host.name)")
                continue
            }
            if drained[host.name] != nil {
                problems.append(
                    "\(host.name) is drained, but its pgpool-II runs: `kumki drain \(inventory.file) \(host.name)` stops it"
                )
                continue
            }
            views.append((host.name, PgpoolView(parsing: text)))
        }
        vips = inventory.vips.map { vip in
            let holders = inventory.hosts.map(\.name).filter {
                facts[$0]?.command(AddressHolding.reading(vip.address)).value?.isEmpty == false
            }
            return VIP(name: vip.kind, address: vip.address, holders: holders)
        }
        pausedSince = facts.paused(in: inventory).values.min()
        if kind == .pgpool { readWatchdog(views, inventory, without) }
        if pausedSince == nil {
            let off = views.filter(\.view.isHandsOff).map(\.host)
            if !off.isEmpty {
                problems.append(
                    "pgpool-II's hands are off on \(off.joined(separator: ", ")), as a command left them that did not end: the same command, or `kumki apply`, puts them on"
                )
            }
        } else {
            if state == "quorum" { state = "paused" }
            let on = views.filter { !$0.view.isHandsOff }.map(\.host)
            if kind == .pgpool, !on.isEmpty {
                problems.append(
                    "the cluster is paused, but pgpool-II's hands are on at \(on.joined(separator: ", ")): `kumki pause` takes them off, `kumki resume` ends it"
                )
            }
        }
        let leading = views.first { $0.host == leader } ?? views.first
        for backend in leading?.view.backends ?? [] {
            backends[inventory.name(ofAddress: backend.address)] =
                backend.isQuarantined ? "quarantined" : backend.isAttached ? "up" : "down"
        }
        readBackends(views, inventory, expected)
        readPrimary(views, inventory, primary)
    }

    private mutating func readWatchdog(
        _ views: [(host: String, view: PgpoolView)], _ inventory: Inventory, _ without: Set<String>
    ) {
        let leaders = Set(views.filter(\.view.hasQuorum).compactMap(\.view.leader))
        leader = leaders.count == 1 ? leaders.first.map { inventory.name(ofAddress: $0) } : nil
        if views.isEmpty {
            state = "down"
        } else if leaders.isEmpty {
            state = "no quorum"
            problems.append("the watchdog has no quorum: nothing fails over, and nobody has the virtual address")
        } else {
            state = "quorum"
            if leaders.count > 1 { problems.append("the watchdog has several leaders: \(leaders.sorted())") }
            for (host, view) in views where !view.hasQuorum {
                problems.append(
                    view.hasWatchdog
                        ? "pgpool-II on \(host) sees no quorum, though others do: it has no vote"
                        : "pgpool-II on \(host) has lost its watchdog and has no vote: `kumki apply` restarts it")
            }
        }
        for vip in vips where state == "quorum" {
            // A leader that is left out was not asked; `verify` writes through its address all the same.
            let isUnseen = leader.map(without.contains) ?? false
            if vip.holders.isEmpty, !isUnseen {
                problems.append("nobody has the \(vip.name)'s address \(vip.address)")
            }
            if vip.holders.count > 1 {
                problems.append(
                    "\(vip.holders.joined(separator: " and ")) both have the \(vip.name)'s address \(vip.address)")
            }
        }
    }

    /// Clients that write are sent to a standby.
    private mutating func readPrimary(
        _ views: [(host: String, view: PgpoolView)], _ inventory: Inventory, _ primary: String?
    ) {
        guard let primary else { return }
        for (host, view) in views where host == leader || leader == nil {
            let known = view.backends.first(where: \.isPrimary).map { inventory.name(ofAddress: $0.address) }
            if known == primary { continue }
            problems.append(
                "pgpool-II on \(host) takes \(known ?? "nobody") for the primary, not \(primary): `kumki cleanup` tells it"
            )
        }
    }

    /// A backend that streams, or is primary, and gets no clients.
    private mutating func readBackends(
        _ views: [(host: String, view: PgpoolView)], _ inventory: Inventory, _ expected: Set<String>
    ) {
        var said: Set<String> = []
        for (host, view) in views {
            for backend in view.backends {
                let name = inventory.name(ofAddress: backend.address)
                guard expected.contains(name), !backend.isAttached || backend.isQuarantined else { continue }
                if kind == .pgpool, host != leader, backends[name] == "up" {
                    notes.append(
                        "pgpool-II on \(host), which does not lead, was not told that \(name) is back: `kumki cleanup` tells it"
                    )
                    continue
                }
                if kind == .pgpool, !said.insert(name).inserted { continue }
                problems.append(
                    "pgpool-II on \(host) sends no clients to \(name)"
                        + (backend.isQuarantined ? ": it is quarantined" : ": `kumki cleanup` lets it"))
            }
        }
    }
}

extension Inventory {
    func name(ofAddress address: String) -> String {
        hosts.first { $0.address == address }?.name ?? address
    }
}
