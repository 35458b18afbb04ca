import Diagnostics
import Inventory
import PostgreSQL
import Resources
import Templates

/// kumki's own programs beside pgpool-II.
enum PgpoolScripts: String {
    case failover, escalation, vip, hand, rejoin

    func path(in location: PgpoolLocation) -> String { location.scriptDirectory + "/" + rawValue }

    // MARK: On hosts with pgpool-II

    static func ofPool(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        guard design.hasWatchdog else { return [] }
        let location = design.pgpool(on: host)
        var resources: [any Resource] = []
        if let vip = writer(design) {
            let script = try design.render(
                "pgpool/vip",
                [
                    "cluster": .text(design.inventory.cluster), "address": .text(vip.address),
                    "prefix": .number(vip.prefixLength), "interface": .text(vip.interface ?? host.interface ?? ""),
                    "host": .text(host.address), "arping": .text(builtArping(design) ?? "/usr/bin/arping"),
                    "built": .flag(builtArping(design) != nil),
                ], format: .shell)
            resources.append(
                ManagedFile(name: "vip script", path: Self.vip.path(in: location), content: script, mode: "0755"))
            let ping = try design.render(
                "pgpool/ping", ["cluster": .text(design.inventory.cluster)], format: .shell)
            resources.append(
                ManagedFile(name: "ping script", path: pingFolder(location) + "/ping", content: ping, mode: "0755"))
            if PgpoolKeys.areExchanged(design) {
                resources.append(try escalationScript(host, location, design))
            }
        }
        return resources
    }

    /// Before more standbys may confirm commits, and after fewer do: it must never count on one whose confirmation means
    /// nothing, or leave one out that has confirmed.
    static func failoverBefore(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        design.fewerConfirm ? [] : try failover(host, design)
    }

    static func failoverAfter(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        design.fewerConfirm ? try failover(host, design) : []
    }

    private static func failover(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        guard design.hasWatchdog, design.inventory.ha.autoFailover else { return [] }
        let location = design.pgpool(on: host)
        let script = try design.shared.content("pgpool/failover") { () throws(Problems) in
            try design.render("pgpool/failover", try failoverModel(location, design), format: .shell)
        }
        return [
            ManagedFile(name: "failover script", path: failover.path(in: location), content: script, mode: "0755")
        ]
    }

    private static func escalationScript(
        _ host: InventoryHost, _ location: PgpoolLocation, _ design: Design
    ) throws(Problems) -> any Resource {
        let peers: [TemplateModel] = design.inventory.poolHosts.filter { $0.name != host.name }.map {
            [
                "address": .text($0.address), "key": .text(PgpoolKeys.use(design).privateFile),
                "account": .text(location.account),
            ]
        }
        let script = try design.render(
            "pgpool/escalation",
            [
                "cluster": .text(design.inventory.cluster), "home": .text(location.home), "peers": .list(peers),
                "vip": .text(vip.path(in: location)),
            ],
            format: .shell)
        return ManagedFile(
            name: "escalation script", path: escalation.path(in: location), content: script, mode: "0755")
    }

    /// pgpool-II takes the folder of its ping, not the program.
    static func pingFolder(_ location: PgpoolLocation) -> String { location.scriptDirectory + "/pgpool" }

    static func rejoinUnit(_ cluster: String) -> String { "kumki-\(cluster)-rejoin.service" }
    static func rightsFile(_ cluster: String) -> String { "/etc/sudoers.d/kumki-\(cluster)" }

    /// Nil where the distribution's iputils-arping is used.
    private static func builtArping(_ design: Design) -> String? {
        guard case .source(let archive) = design.inventory.arping else { return nil }
        return "\(archive.prefix ?? SourceSteps.defaultPrefix)/\(SourceProduct.arping.program)"
    }

    static func writer(_ design: Design) -> VirtualAddress? {
        design.inventory.vips.first { $0.kind == "writer" }
    }

    // MARK: On all hosts

    /// What may be done as root here, by pgpool-II itself and by those of other hosts.
    static func rights(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        guard design.hasWatchdog, host.state == .present else { return [] }
        let inventory = design.inventory
        let location = design.pgpool(on: host)
        let isPool = inventory.poolHosts.contains { $0.name == host.name }
        let address = isPool && writer(design) != nil ? vip.path(in: location) : ""
        let unit = host.isDatabase && PgpoolKeys.areExchanged(design) ? design.location.unit : ""
        if address.isEmpty, unit.isEmpty { return [] }
        let rights = try design.render(
            "pgpool/sudoers",
            [
                "cluster": .text(inventory.cluster), "account": .text(location.account), "vip": .text(address),
                "unit": .text(unit),
            ], format: .words)
        var resources: [any Resource] = [
            ManagedFile(
                name: "sudoers", path: rightsFile(inventory.cluster), content: rights, mode: "0440",
                check: "visudo -cqf \"$t\"")
        ]
        if PgpoolKeys.areExchanged(design) {
            let script = try design.render(
                "pgpool/hand",
                ["cluster": .text(inventory.cluster), "vip": .text(address), "unit": .text(unit)], format: .shell)
            resources.append(
                ManagedFile(name: "hand script", path: hand.path(in: location), content: script, mode: "0755"))
        }
        return resources
    }

    // MARK: On hosts with pgpool-II, the failover itself

    private static func failoverModel(_ location: PgpoolLocation, _ design: Design) throws(Problems) -> TemplateModel {
        let inventory = design.inventory
        let hosts = design.databaseHosts
        let leaders = Set(inventory.primaryCandidates.map(\.name))
        var pairs: [TemplateModel] = []
        var backends: [TemplateModel] = []
        for upstream in hosts {
            let topology = Topology(inventory, primary: upstream.name)
            let confirming = topology.synchronousStandbys
            for standby in hosts where standby.name != upstream.name {
                pairs.append([
                    "standby": .verbatim(standby.name), "upstream": .verbatim(upstream.name),
                    "confirms": .number(confirming.contains(standby.name) ? 0 : 1),
                    "below": .number(topology.upstream(of: standby.name) == upstream.name ? 0 : 1),
                    "conninfo": .text(try UpstreamConnection(design, standby, upstream: upstream).conninfo),
                ])
            }
            backends.append([
                "name": .verbatim(upstream.name), "address": .text(upstream.address),
                "needed": .number(
                    confirming.isEmpty ? 0 : max(1, confirming.count - inventory.replication.confirm + 1)),
                "leads": .number(leaders.contains(upstream.name) ? 0 : 1),
                "slot": .verbatim(inventory.replication.slots ? upstream.slotName : "''"),
            ])
        }
        let numbers: [TemplateModel] = design.backends.enumerated().compactMap { number, host in
            host.map { ["name": .verbatim($0.name), "number": .number(number)] }
        }
        // One fault shall not take both the primary and the watchdog's leader.
        let candidates = hosts.enumerated().sorted {
            (design.poolPriority(of: $0.element), $0.offset) < (design.poolPriority(of: $1.element), $1.offset)
        }
        return [
            "candidates": .verbatim(candidates.map(\.element.name).joined(separator: " ")), "numbers": .list(numbers),
            "pcp_bin": .text(location.binDirectory), "pcp_port": .number(location.pcpPort),
            "pcp_passwords": .text(location.pcpPasswordFile), "pcp_pid": .text(location.pidFile),
            "pool_config": .text(location.configFile),
            "cluster": .text(inventory.cluster), "bin": .text(design.location.binDirectory),
            "inert": .text(location.inertMark), "home": .text(location.home), "port": .number(design.location.port),
            "user": .text(inventory.ha.user),
            "hosts": .text(hosts.map(\.name).joined(separator: " ")), "backends": .list(backends),
            "pairs": .list(pairs), "promotes_anyway": .flag(inventory.ha.missingStandbys == .promote),
            "key": .text(PgpoolKeys.areExchanged(design) ? PgpoolKeys.use(design).privateFile : ""),
            "account": .text(location.account),
            "patience": .number(inventory.ha.missingStandbys == .promote ? 10 : 60),
        ]
    }

    // MARK: On database hosts

    /// Whether a service looks after the servers: it brings them back, and kills a primary that hangs.
    static func isLookedAfter(_ design: Design) -> Bool {
        design.hasWatchdog && (design.inventory.ha.autoRejoin != .off || design.inventory.ha.autoFailover)
    }

    static func ofServer(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        guard isLookedAfter(design), design.databaseHosts.count > 1 else { return [] }
        let inventory = design.inventory
        let path = "/usr/local/lib/kumki/\(inventory.cluster)/rejoin"
        let script = try design.render(
            "pgpool/rejoin", try rejoinModel(host, design), format: .shell)
        let service = try design.render(
            "pgpool/rejoin.service", ["cluster": .text(inventory.cluster), "script": .text(path)], format: .systemd)
        return [
            ManagedFile(name: "rejoin script", path: path, content: script, mode: "0755"),
            RunningService(unit: rejoinUnit(inventory.cluster), content: service),
        ]
    }

    private static func rejoinModel(_ host: InventoryHost, _ design: Design) throws(Problems) -> TemplateModel {
        let inventory = design.inventory
        let server = design.location
        let leaders = Set(inventory.primaryCandidates.map(\.name))
        var peers: [TemplateModel] = []
        for peer in design.databaseHosts where peer.name != host.name {
            let topology = Topology(inventory, primary: peer.name)
            let upstream = topology.upstream(of: host.name).flatMap { inventory.host($0) } ?? peer
            peers.append([
                "name": .verbatim(peer.name), "address": .text(peer.address),
                "leads": .flag(leaders.contains(peer.name)), "upstream": .verbatim(upstream.name),
                "conninfo": .text(try UpstreamConnection(design, host, upstream: upstream).conninfo),
                "copying": .text(try copying(from: peer, to: host, design)),
            ])
        }
        let standbys = design.databaseHosts.filter { $0.name != host.name }.map { "'\($0.name)'" }
        let confirming = Topology(inventory, primary: host.name).synchronousStandbys
        let times = PoolTimes(inventory)
        let lookLimit = min(max(times.checkTimeout, 3), 5)
        let slots = design.databaseHosts.map(\.slotName).joined(separator: " ")
        return [
            "cluster": .text(inventory.cluster), "host": .text(host.name), "bin": .text(server.binDirectory),
            "data": .text(server.dataDirectory), "unit": .text(server.unit), "account": .text(server.account),
            "home": .text(server.home), "failure_mark": .text(server.failureMark),
            "sockets": .text(server.socketDirectory), "port": .number(server.port),
            "user": .text(inventory.replication.user),
            "config": .text(server.configFile), "peers": .list(peers),
            "config_option": .flag(design.version.rewindTakesConfigFile),
            "slot": .text(inventory.replication.slots ? host.slotName : ""), "slots": .verbatim(slots),
            "standbys": .verbatim(standbys.joined(separator: ", ")),
            "kills": .flag(inventory.ha.autoFailover),
            "restarts": .flag(inventory.ha.autoFailover && !confirming.isEmpty),
            "rejoins": .flag(inventory.ha.autoRejoin != .off),
            "pool_config": .text(design.pgpool(on: host).configFile),
            "look_limit": .number(lookLimit),
            "looks": .number(max(2, (times.hangLimit + lookLimit - 1) / lookLimit)),
            "rebuilds": .flag(inventory.ha.autoRejoin == .rebuild),
            "restores": .flag(inventory.replication.archive?.shared == true),
        ]
    }

    /// How pg_rewind and pg_basebackup reach a primary.
    private static func copying(
        from primary: InventoryHost, to host: InventoryHost, _ design: Design
    ) throws(Problems) -> String {
        let connection = try UpstreamConnection(design, host, upstream: primary)
        do { return try connection.copying.text() } catch { throw Problems(error) }
    }
}

extension Design {
    /// Whether a standby that confirms commits now shall no longer do so, or fewer have to be asked to know of each.
    fileprivate var fewerConfirm: Bool {
        guard let text = facts?.server(of: primary)?.live?.settings["synchronous_standby_names"]?.setting,
            let now = SynchronousStandbys(parsing: text)
        else { return false }
        let names = Set(topology.synchronousStandbys)
        let needed = names.isEmpty ? 0 : names.count - inventory.replication.confirm + 1
        return !names.isSuperset(of: now.names) || needed < now.names.count - now.count + 1
    }
}
