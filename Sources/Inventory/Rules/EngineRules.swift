import Diagnostics
import Pgpool
import PostgreSQL

/// What an engine needs: votes, secrets, pools, virtual addresses.
extension InventoryRules {
    func engine() -> [Diagnostic] {
        vips() + pools() + votes() + zones() + candidates() + oldPgpool() + automatism()
    }

    private var kind: EngineOptions.Engine { inventory.ha.engine }
    private var witnesses: [InventoryHost] { presentHosts.filter { $0.roles.contains(.witness) } }
    private var pgpoolHosts: [InventoryHost] { presentHosts.filter { $0.roles.contains(.pgpool) } }

    /// The hosts whose votes decide a failover, in the order of the file.
    private var voters: [InventoryHost] {
        switch kind {
        case .none: []
        case .pgpool: presentHosts.filter { $0.roles.contains(.pgpool) || $0.roles.contains(.witness) }
        case .pacemaker, .patroni: presentHosts.filter { $0.isDatabase || $0.roles.contains(.witness) }
        }
    }

    private func vips() -> [Diagnostic] {
        inventory.vips.compactMap { vip in
            if kind == .none {
                return .error(
                    "topology.vip-engine", "nothing holds the \(vip.kind) VIP: there is no engine",
                    at: place("vips.\(vip.kind)"), hint: "choose one with `ha: {engine: …}`, or remove the VIP")
            }
            if kind == .pgpool, vip.kind == "reader" {
                return .error(
                    "topology.vip-reader", "pgpool-II holds one VIP only, the writer's", at: place("vips.reader"),
                    hint: "remove it: pgpool-II itself sends reads to the standbys")
            }
            return nil
        }
    }

    private func pools() -> [Diagnostic] {
        var problems: [Diagnostic] = []
        if kind == .pgpool, pgpoolHosts.isEmpty {
            problems.append(
                .error(
                    "topology.no-pgpool", "the engine is pgpool, and no host has the role pgpool",
                    at: place("ha.engine"),
                    hint: "give the role pgpool to three hosts, or to two and witness to a third"))
        }
        if pgpoolHosts.isEmpty, kind != .pgpool, isWritten("pgpool"), !isWritten("pgpool.watchdog.half_votes") {
            problems.append(
                .warning(
                    "inventory.unused", "pgpool: no host has the role pgpool", at: place("pgpool"),
                    hint: "give some host the role, or remove the section"))
        }
        let voting = Set(voters.map(\.name))
        for host in presentHosts {
            let base = "hosts.\(host.name).pgpool"
            if isWritten("\(base).weight"), !host.isDatabase {
                problems.append(
                    .warning(
                        "inventory.unused", "\(host.name) is no backend: its weight means nothing",
                        at: place("\(base).weight"), hint: "remove it"))
            }
            if isWritten("\(base).priority"), !voting.contains(host.name) {
                problems.append(
                    .warning(
                        "inventory.unused", "\(host.name) is in no watchdog: its priority means nothing",
                        at: place("\(base).priority"), hint: "remove it"))
            }
        }
        if kind == .none {
            problems += witnesses.map { host in
                .warning(
                    "inventory.unused", "\(host.name) is a witness, and there is no engine that counts its vote",
                    at: place("hosts.\(host.name).roles"), hint: "choose one with `ha: {engine: …}`, or remove the host"
                )
            }
        }
        return problems
    }

    private func votes() -> [Diagnostic] {
        if kind == .none { return [] }
        let names = Self.list(voters.map(\.name))
        let engine = place("ha.engine")
        if kind == .pacemaker, witnesses.count > 1 {
            return [
                .error(
                    "topology.witnesses",
                    "Pacemaker takes one witness, and \(Self.list(witnesses.map(\.name))) are \(witnesses.count)",
                    at: place("hosts.\(witnesses[1].name).roles"), hint: "keep one")
            ]
        }
        switch voters.count {
        case 0: return []
        case 1:
            return [
                .warning(
                    "topology.single-voter", "\(names) alone decides: without it nobody fails over", at: engine,
                    hint: "three voters survive the loss of one: add hosts, or witnesses")
            ]
        case 2: return twoVotes(names)
        case let count where count.isMultiple(of: 2):
            return [
                .warning(
                    "topology.even-voters",
                    "\(count) voters (\(names)) survive the loss of no more than \(count - 1) would, and can split in two halves",
                    at: engine, hint: "add a witness, or take one voter away")
            ]
        default: return []
        }
    }

    private func twoVotes(_ names: String) -> [Diagnostic] {
        let written = place("pgpool.watchdog.half_votes")
        switch inventory.pgpool.watchdog.halfVotes {
        case nil:
            if unreadable.contains("pgpool.watchdog.half_votes") { return [] }
            return [
                .error(
                    "topology.half-votes", "\(names) are two voters: say whether one of them may decide alone",
                    at: place("ha.engine"),
                    hint:
                        "add a witness; or write `pgpool: {watchdog: {half_votes: false}}` (stops when one is lost) or true (two primaries when they lose sight of each other)"
                )
            ]
        case true? where kind == .patroni:
            return [
                .error(
                    "topology.half-votes", "etcd needs a majority: one of two cannot decide alone", at: written,
                    hint: "write false, or add a witness")
            ]
        case true?:
            return [
                .warning(
                    "topology.two-voters",
                    "when \(names) lose sight of each other, each goes on alone: two primaries, and what one of them acknowledged is lost",
                    at: written, hint: "add a witness")
            ]
        case false?:
            return [
                .warning(
                    "topology.two-voters", "when one of \(names) is lost, nobody fails over: writes may stop",
                    at: written,
                    hint: "add a witness")
            ]
        }
    }

    private func zones() -> [Diagnostic] {
        let zoned = presentHosts.filter { $0.zone != nil }
        if zoned.isEmpty { return [] }
        var problems: [Diagnostic] = presentHosts.filter { $0.zone == nil }.map { host in
            .warning(
                "topology.zone-missing", "\(host.name) has no zone while others have", at: place("hosts.\(host.name)"),
                hint: "say where it stands: `zone: NAME`")
        }
        let byZone = Dictionary(grouping: voters.filter { $0.zone != nil }) { $0.zone ?? "" }
        if byZone.count > 1, let (zone, members) = byZone.first(where: { $0.value.count * 2 > voters.count }) {
            problems.append(
                .warning(
                    "topology.zone-majority",
                    "most voters stand in zone \(zone) (\(Self.list(members.map(\.name)))): when it is lost, nobody fails over",
                    at: place("hosts.\(members[0].name).zone"), hint: "move a voter, or put a witness in a third zone"))
        }
        return problems
    }

    private func candidates() -> [Diagnostic] {
        guard kind != .none, let born = inventory.bornPrimary,
            !inventory.primaryCandidates.contains(where: { $0.name != born.name })
        else { return [] }
        return [
            .warning(
                "topology.no-candidate", "no host can take over from \(born.name)", at: place("ha.engine"),
                hint: "a candidate declares no `upstream`, and its `failover` is not false")
        ]
    }

    /// The version can be told only from the name of a source archive: `pgpool-II-4.0.2.tar.gz`.
    private func oldPgpool() -> [Diagnostic] {
        guard let version = inventory.pgpool.archivedVersion, !pgpoolHosts.isEmpty else { return [] }
        if version < .v3_5 {
            return [
                .error(
                    "pgpool.version", "kumki does not know the settings of pgpool-II \(version)",
                    at: place("pgpool.install"), hint: "it writes those of \(PgpoolVersion.range)")
            ]
        }
        if kind != .pgpool { return [] }
        var problems: [Diagnostic] = []
        if version < .v3_7 {
            problems.append(
                .warning(
                    "topology.pgpool-quorum", "pgpool-II \(version) fails over without a quorum",
                    at: place("pgpool.install"), hint: "use 4.1 or later"))
        }
        if version < .v4_1, !voters.isEmpty, voters.count.isMultiple(of: 2),
            inventory.pgpool.watchdog.halfVotes != true
        {
            problems.append(
                .error(
                    "topology.pgpool-half-votes",
                    "pgpool-II \(version) counts half of the votes as a quorum, whatever is set",
                    at: place("pgpool.watchdog.half_votes", "pgpool.install"),
                    hint: "use 4.1 or later, or an odd number of voters; or accept it with `half_votes: true`"))
        }
        return problems
    }

    /// What kumki's own programs do beside the engine, and for whom they can't.
    private func automatism() -> [Diagnostic] {
        guard kind == .pgpool else { return [] }
        var problems: [Diagnostic] = []
        let version = inventory.postgresql.version
        let isAlone = inventory.ha.autoFailover || inventory.ha.autoRejoin != .off
        // Before 13 a running standby can't be cut off or pointed elsewhere by SQL.
        if isAlone, version < .v13, inventory.databaseHosts.count > 1 {
            problems.append(
                .error(
                    "engine.version", "under pgpool-II kumki fails PostgreSQL 13 and later over, not \(version)",
                    at: place("postgresql.version"),
                    hint:
                        "write `ha: {auto_failover: false, auto_rejoin: off}`, and use `kumki failover` and `kumki rejoin`"
                ))
        }
        if inventory.keyExchange == .off, inventory.ha.autoFailover {
            problems.append(
                .warning(
                    "engine.no-keys",
                    "without keys nobody kills an old primary that hangs, or takes the virtual address from a pgpool-II that was killed",
                    at: place("key_exchange"), hint: "`key_exchange: auto` allows these two commands and nothing else"))
        }
        let times = PoolTimes(inventory)
        if times.watchdogDeadtime <= times.watchdogInterval {
            problems.append(
                .error(
                    "inventory.watchdog-times",
                    "a node is lost after \(times.watchdogDeadtime) s, and is heard every \(times.watchdogInterval) s: each beat would be late",
                    at: place("pgpool.watchdog.deadtime", "pgpool.watchdog.interval"),
                    hint: "`deadtime` is usually three times the `interval`"))
        }
        return problems
    }

    // MARK: Secrets that something needs

    func secrets() -> [Diagnostic] {
        var problems: [Diagnostic] = []
        func require(_ path: String, _ present: Bool, _ reason: String, section: String) {
            if present || unreadable.contains(where: { $0.hasPrefix(path) }) { return }
            problems.append(
                .error(
                    "inventory.missing-secret", "`\(path)` is missing: \(reason)", at: place(section, "hosts"),
                    hint: "write {file: PATH} or {env: NAME} there"))
        }
        let standby = inventory.databaseHosts.first { $0.roles.contains(.standby) }?.name
        if let standby {
            require(
                "replication.password", inventory.replication.password != nil, "\(standby) replicates with it",
                section: "replication")
        }
        if inventory.ha.engine != .none {
            require(
                "ha.password", inventory.ha.password != nil, "the engine's checks log in with it", section: "ha")
        } else if !pgpoolHosts.isEmpty {
            require("ha.password", inventory.ha.password != nil, "pgpool-II's checks log in with it", section: "ha")
        }
        if inventory.ha.engine == .pgpool || !pgpoolHosts.isEmpty {
            require(
                "pgpool.pcp_password", inventory.pgpool.pcpPassword != nil, "pgpool-II is steered with it",
                section: "pgpool")
        }
        if inventory.ha.engine == .pgpool, voters.count > 1 {
            require(
                "pgpool.watchdog.auth_key", inventory.pgpool.watchdog.authKey != nil,
                "the watchdogs know each other by it", section: "pgpool")
        }
        return problems
    }
}
