package import Blueprint
package import Diagnostics
import Graph
import Hosts
package import Inventory
import PostgreSQL
package import Resources

/// Reads the hosts, settles who is primary, draws what shall be and compares.
package struct Planner: Sendable {
    package struct Options: Sendable {
        /// Only these hosts' changes; empty is all.
        package var limit: Set<String>
        /// Hosts whose absence is accepted.
        package var without: Set<String>
        package var restart: RestartPolicy
        /// What a command says of its operation.
        package var operation: Operation

        package init(
            limit: Set<String> = [], without: Set<String> = [], restart: RestartPolicy = .all,
            operation: Operation = Operation()
        ) {
            self.limit = limit
            self.without = without
            self.restart = restart
            self.operation = operation
        }
    }

    package enum RestartPolicy: String, CaseIterable, Sendable {
        case never, standbys, all
    }

    package let inventory: Inventory
    /// The digest of the inventory's text.
    package let inventoryDigest: String
    package let playbook: Playbook
    package let templates: BuiltInFolder
    package let secrets: SecretStore
    package var options: Options

    package init(
        inventory: Inventory, inventoryDigest: String, playbook: Playbook, templates: BuiltInFolder,
        secrets: SecretStore, options: Options = Options()
    ) {
        self.inventory = inventory
        self.inventoryDigest = inventoryDigest
        self.playbook = playbook
        self.templates = templates
        self.secrets = secrets
        self.options = options
    }

    /// What is read of every host: the same whoever is primary.
    ///
    /// - Throws: what the templates or the playbook make impossible.
    package func probes() throws(Problems) -> [(host: InventoryHost, probe: Probe)] {
        guard let born = inventory.bornPrimary else { return [] }
        // Seen from a primary that is not the host which the command names: that one follows somebody.
        let other = inventory.databaseHosts.first { $0.name != options.operation.named } ?? born
        let primary = options.operation.named == born.name ? other.name : born.name
        let blueprint = try Blueprint(design(primary: primary, facts: nil, handsOff: true), playbook: playbook)
        var probes: [String: Probe] = [:]
        for step in blueprint.steps {
            probes[step.host, default: Probe()].formUnion(step.resource.probe)
            for (peer, probe) in step.resource.peerProbes { probes[peer, default: Probe()].formUnion(probe) }
        }
        let databases = Set(inventory.databaseHosts.map(\.name))
        // Any of them may turn out to be the primary: what is read of one is read of all.
        var common = Probe(
            contents: [HostMark.path(.drained, cluster: inventory.cluster)],
            server: design(primary: born.name, facts: nil).serverProbe)
        // Whoever left the primary's line is let alone in each round of a rebuild, not only while the copy is to come.
        if options.operation.rebuild != nil, let location = common.server?.location {
            common.formUnion(Divergence.probe(location))
        }
        for name in databases { common.formUnion(probes[name] ?? Probe()) }
        let paused = Probe(contents: [HostMark.path(.paused, cluster: inventory.cluster)])
        for host in inventory.poolHosts {
            probes[host.name, default: Probe()].formUnion(paused)
            if databases.contains(host.name) { common.formUnion(paused) }
        }
        return inventory.hosts.filter { isLookedAt($0, probes) && !options.without.contains($0.name) }.map { host in
            (host, databases.contains(host.name) ? common : probes[host.name] ?? Probe())
        }
    }

    /// Of a host that is to leave only what the playbook still has to do there.
    private func isLookedAt(_ host: InventoryHost, _ probes: [String: Probe]) -> Bool {
        host.state == .present || probes[host.name] != nil
    }

    private func design(
        primary: String, facts: ClusterFacts?, roles: LiveRoles? = nil, handsOff: Bool = false
    ) -> Design {
        var operation = options.operation
        operation.handsOff = handsOff
        operation.former = roles?.former
        operation.takeover = roles.map(\.takeover) ?? operation.takeover
        return Design(
            inventory: inventory, primary: primary, facts: facts, templates: templates, secrets: secrets,
            operation: operation, without: options.without)
    }

    /// The plan for a cluster of which nothing was seen: its birth.
    package func planBirth() throws(Problems) -> Plan {
        guard let born = inventory.bornPrimary else { return empty(refusals: []) }
        var facts = ClusterFacts()
        for (host, probe) in try probes() { facts.hosts[host.name] = .present(HostFacts.bare(host.name, probe)) }
        return try compare(facts, primary: born.name, roles: nil, unreachable: [])
    }

    /// Looks and compares.
    ///
    /// - Parameter settling: who counts as primary: as the live cluster says, or as an operation needs it.
    package func plan(
        with observer: Observer, settling: LiveRoles.Rule = .live
    ) async throws(Problems) -> Plan {
        var observation = await observer.observe(try probes())
        let roles = LiveRoles(inventory, observation.facts, without: options.without, rule: settling)
        let leaving = Set(inventory.leavingHosts.map(\.name))
        let accepted = leaving.union(roles.takeover?.fenced ?? [])
        let unreachable = observation.failures.values.filter { !accepted.contains($0.host) }.sorted {
            $0.host < $1.host
        }
        let gone = observation.failures.keys.filter { leaving.contains($0) }.sorted().map(Self.unseenLeaver)
        guard let primary = roles.primaryName else {
            var plan = empty(refusals: roles.refusals)
            plan.notes = roles.notes + gone
            plan.unreachable = unreachable
            return plan
        }
        var first = try compare(observation.facts, primary: primary, roles: roles, unreachable: unreachable)
        first.notes += gone
        let details = details(of: first)
        if details.isEmpty { return first }
        let closer = await observer.observe(details)
        for (host, reading) in closer.facts.hosts {
            guard case .present(let newer) = reading, case .present(var facts)? = observation.facts.hosts[host] else {
                continue
            }
            facts.update(with: newer)
            observation.facts.hosts[host] = .present(facts)
        }
        var second = try compare(observation.facts, primary: primary, roles: roles, unreachable: unreachable)
        second.notes += gone
        return second
    }

    private static func unseenLeaver(_ host: String) -> Diagnostic {
        .warning(
            "host.leaving", "\(host) is declared absent and can't be seen: whether its server is stopped is not known",
            hint: "delete its lines from the inventory once it is gone for good")
    }

    /// What must be read besides to show how things differ.
    private func details(of plan: Plan) -> [(host: InventoryHost, probe: Probe)] {
        var details: [String: Probe] = [:]
        for planned in plan.changes where planned.resource.detail != Probe() {
            details[planned.host, default: Probe()].formUnion(planned.resource.detail)
        }
        return inventory.hosts.compactMap { host in details[host.name].map { (host, $0) } }
    }

    private func empty(refusals: [Diagnostic]) -> Plan {
        Plan(
            cluster: inventory.cluster, primary: nil, changes: [], pending: [], refusals: refusals, notes: [],
            unreachable: [], basis: PlanBasis(inventory: inventoryDigest, hosts: [:], changes: [:]))
    }

    private func compare(
        _ facts: ClusterFacts, primary: String, roles: LiveRoles?, unreachable: [HostError]
    ) throws(Problems) -> Plan {
        let plan = try compare(facts, primary: primary, roles: roles, unreachable: unreachable, handsOff: false)
        // An engine would take a server that stops on purpose for one that failed.
        let isInterrupted = plan.changes.contains { $0.resource is any InterruptsServer }
        if inventory.ha.engine == .none || !isInterrupted { return plan }
        return try compare(facts, primary: primary, roles: roles, unreachable: unreachable, handsOff: true)
    }

    private func compare(
        _ facts: ClusterFacts, primary: String, roles: LiveRoles?, unreachable: [HostError], handsOff: Bool
    ) throws(Problems) -> Plan {
        let blueprint = try Blueprint(
            design(primary: primary, facts: facts, roles: roles, handsOff: handsOff), playbook: playbook)
        var plan = empty(refusals: roles?.refusals ?? [])
        plan.primary = primary
        plan.notes = roles?.notes ?? []
        plan.lost = roles?.lost
        plan.former = roles?.former
        plan.leftOut = (roles?.takeover).map { $0.leftAlone.union($0.fenced) } ?? []
        plan.unreachable = unreachable
        plan.memory = facts.hosts.compactMapValues { $0.value?.system.memoryBytes }.filter { $0.value > 0 }
        var found: [String: (Blueprint.Step, Change)] = [:]
        for step in blueprint.steps {
            guard let host = facts[step.host] else { continue }
            switch step.resource.compare(host, in: facts) {
            case .same: continue
            case .unknown(let reason): plan.pending.append(Plan.Pending(id: step.id, reason: reason))
            case .refused(let diagnostic): plan.refusals.append(diagnostic)
            case .change(let change): found[step.id] = (step, change)
            }
        }
        if !handsOff { dropHands(besideReloadsIn: &found) }
        // A restart that is not needed orders nothing: what else its neighbours wait for, they name themselves. Nor do
        // hands that are on.
        let pending = Set(plan.pending.map(\.id))
        let idle = Set(
            blueprint.steps.filter { step in
                if found[step.id] != nil { return false }
                return step.resource is ServerRestart || step.resource is PgpoolHands && !pending.contains(step.id)
            }.map(\.id))
        let order = StepOrder(blueprint, graph: blueprint.graph.removing(where: idle.contains))
        postpone(&found, behindPendingOf: &plan, in: order)
        hold(back: &found, primary, &plan, in: blueprint.graph)
        dropReloads(beforeRestartsIn: &found)
        let again = wait(in: &found, blueprint, except: Set(plan.pending.map(\.id)))
        let graph = try reduced(order.among { found[$0] != nil })
        for id in try ordered(graph) {
            guard let (step, change) = found[id] else { continue }
            plan.changes.append(
                PlannedChange(
                    id: id, host: step.host, step: String(id.dropFirst(step.host.count + 1)), change: change,
                    after: graph.predecessors(of: id), resource: step.resource))
        }
        limit(&plan, again)
        plan.basis = basis(of: plan, facts)
        return plan
    }

    /// What waits for a thing that can't be seen yet can't be judged either: it comes up once that thing is seen.
    private func postpone(
        _ found: inout [String: (Blueprint.Step, Change)], behindPendingOf plan: inout Plan, in stepOrder: StepOrder
    ) {
        let unsettled = Set(plan.pending.map(\.id)).union(found.keys)
        let order = stepOrder.among(unsettled.contains)
        var behind: [String: String] = [:]
        for pending in plan.pending {
            for id in order.descendants(of: pending.id) where behind[id] == nil { behind[id] = pending.id }
        }
        for id in order.nodes {
            guard let first = behind[id], found.removeValue(forKey: id) != nil else { continue }
            plan.pending.append(Plan.Pending(id: id, reason: "waits for \(first)"))
        }
    }

    /// A restart reads all that a reload reads.
    private func dropReloads(beforeRestartsIn found: inout [String: (Blueprint.Step, Change)]) {
        let restarting = Set(found.values.filter { $0.0.resource is ServerRestart }.map(\.0.host))
        for (id, (step, _)) in found where step.kind == "reload" && restarting.contains(step.host) { found[id] = nil }
    }

    /// Where pgpool-II reads pgpool.conf again anyhow, that puts hands on that a killed command left off.
    private func dropHands(besideReloadsIn found: inout [String: (Blueprint.Step, Change)]) {
        let reloading = Set(found.values.filter { $0.0.resource is PgpoolReload }.map(\.0.host))
        for (id, (step, _)) in found where step.resource is PgpoolHands && reloading.contains(step.host) {
            found[id] = nil
        }
    }

    /// A standby that streams now is waited for again when its own or its upstream's server restarts, or it follows another.
    ///
    /// - Returns: the steps that wait for nothing but that.
    private func wait(
        in found: inout [String: (Blueprint.Step, Change)], _ blueprint: Blueprint, except pending: Set<String>
    ) -> Set<String> {
        var again: Set<String> = []
        for step in blueprint.steps where found[step.id] == nil && !pending.contains(step.id) {
            guard let awaited = step.resource as? any Awaited else { continue }
            let restarts = blueprint.graph.predecessors(of: step.id)
                .filter { id in
                    guard let (step, change) = found[id], isWithinLimit(step.host) else { return false }
                    return step.resource is Attached || (change.action == .run && change.effect == .restart)
                }
            if restarts.isEmpty { continue }
            found[step.id] = (step, awaited.wait("again after \(restarts.joined(separator: ", "))"))
            again.insert(step.id)
        }
        return again
    }

    private func isWithinLimit(_ host: String) -> Bool { options.limit.isEmpty || options.limit.contains(host) }

    /// Restarts that the user does not want now stay pending.
    private func hold(
        back found: inout [String: (Blueprint.Step, Change)], _ primary: String, _ plan: inout Plan,
        in graph: DirectedGraph<String>
    ) {
        if options.restart == .all { return }
        for id in graph.nodes {
            guard let (step, change) = found[id] else { continue }
            // Lower values reach a standby only through the primary's restart.
            let isLowered = step.resource is LoweredSettings || step.kind == "lowered-restart"
            let isRestart = step.resource is ServerRestart && (options.restart == .never || step.host == primary)
            if !isLowered && !isRestart { continue }
            found[id] = nil
            plan.pending.append(
                Plan.Pending(
                    id: id, reason: "\(change.reason) waits for a restart (--restart \(options.restart.rawValue))"))
        }
    }

    private func reduced(_ graph: DirectedGraph<String>) throws(Problems) -> DirectedGraph<String> {
        do {
            return try graph.transitiveReduction()
        } catch {
            throw Problems(.error("playbook.cycle", "the steps wait for each other: \(error)"))
        }
    }

    private func ordered(_ graph: DirectedGraph<String>) throws(Problems) -> [String] {
        do {
            return try graph.order()
        } catch {
            throw Problems(.error("playbook.cycle", "the steps wait for each other: \(error)"))
        }
    }

    /// A change that waits for one outside the limit is refused: half an order is no order.
    private func limit(_ plan: inout Plan, _ again: Set<String>) {
        if options.limit.isEmpty { return }
        var kept = plan.changes.filter { isWithinLimit($0.host) || $0.resource is PgpoolHands }
        let ids = Set(kept.map(\.id))
        for (index, planned) in kept.enumerated() {
            let outside = planned.after.filter { !ids.contains($0) }
            if outside.isEmpty { continue }
            if again.contains(planned.id) {
                kept[index].after.removeAll { !ids.contains($0) }
                continue
            }
            plan.refusals.append(
                .error(
                    "plan.limit",
                    "\(planned.id) waits for \(outside.joined(separator: ", ")), which --limit leaves out",
                    hint:
                        "add \(Set(outside.compactMap { $0.split(separator: "/").first.map(String.init) }).sorted().joined(separator: ",")) to --limit"
                ))
        }
        plan.changes = kept
    }

    private func basis(of plan: Plan, _ facts: ClusterFacts) -> PlanBasis {
        var hosts: [String: String] = [:]
        let drained = facts.drained(in: inventory)
        for host in inventory.databaseHosts {
            guard let seen = facts[host.name] else {
                hosts[host.name] = "unseen"
                continue
            }
            hosts[host.name] = (drained[host.name] == nil ? "" : "drained, ") + Self.words(for: seen.server)
        }
        // What is only waited for may have come by itself meanwhile.
        let changes = plan.changes.filter { !($0.resource is any Awaited) }.map { planned in
            let change = planned.change
            let parts = [
                change.action.rawValue, change.effect.rawValue, change.reason, change.basis ?? "", change.diff ?? "",
            ]
            return (planned.id, SHA256.hexDigest(parts.joined(separator: "\u{0}")))
        }
        return PlanBasis(
            inventory: inventoryDigest, hosts: hosts, changes: Dictionary(changes) { first, _ in first })
    }

    private static func words(for server: Reading<ServerFacts>) -> String {
        switch server {
        case .absent: return "without data"
        case .unknown(let reason): return "unknown (\(reason))"
        case .present(let server):
            let identifier = server.systemIdentifier ?? "?"
            guard let live = server.live else { return "stopped, system identifier \(identifier)" }
            let role = live.inRecovery ? "standby" : "primary"
            return "\(role) on timeline \(live.timeline), system identifier \(identifier)"
        }
    }
}

extension HostFacts {
    /// A host on which nothing of what is asked for is there yet.
    static func bare(_ name: String, _ probe: Probe) -> HostFacts {
        var facts = HostFacts(host: name, system: SystemFacts(hasSystemd: true), server: .absent)
        for path in probe.files { facts.files[path] = .absent }
        for path in probe.contents { facts.contents[path] = .absent }
        for package in probe.packages { facts.packages[package] = .absent }
        for unit in probe.units { facts.units[unit] = .absent }
        for account in probe.accounts { facts.accounts[account] = .absent }
        for command in probe.commands.keys { facts.commands[command] = .absent }
        return facts
    }
}
