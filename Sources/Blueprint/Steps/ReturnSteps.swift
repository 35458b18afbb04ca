import Diagnostics
import Inventory
import PostgreSQL
import Resources

/// How a host comes back as a standby: rewound, or copied afresh.
enum ReturnSteps {
    static func checkpoint(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        let isNeeded = design.version.rewindNeedsCheckpoint && design.namedHost.map { design.isRewound($0) } ?? false
        return isNeeded ? [TimelineCheckpoint(location: design.location)] : []
    }

    static func rewind(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        guard let upstream = design.upstream(of: host), let primary = design.inventory.host(design.primary) else {
            return []
        }
        let source = try UpstreamConnection(design, host, upstream: primary).copying
        let standby = try UpstreamConnection(design, host, upstream: upstream)
        let archive = design.inventory.replication.archive
        return [
            Rewind(
                location: design.location, primary: primary.name,
                connection: Conninfo(source.pairs + [Conninfo.Pair("dbname", "postgres")]),
                standbyFile: try design.standbyFile(of: host, standby),
                restoreCommand: archive.flatMap { $0.shared ? ArchiveCommands($0).restore : nil })
        ]
    }

    static func setAside(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        guard let rebuild = design.operation.rebuild, design.isReplaced(host),
            let upstream = design.upstream(of: host)
        else { return [] }
        return [
            SetAside(
                location: design.location, primary: design.primary,
                connection: try UpstreamConnection(design, host, upstream: upstream).copying,
                walDirectory: design.inventory.postgresql.walDirectory, isInPlace: rebuild.isInPlace,
                isDiscarded: rebuild.discardsOld)
        ]
    }

    static func rebuilt(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        guard let rebuild = design.operation.rebuild, !rebuild.isDone else { return [] }
        return [
            Rebuilt(
                location: design.location, isDiscarded: rebuild.discardsOld,
                isCopiedBefore: design.facts != nil && (design.isNew(host) || design.isReplaced(host)))
        ]
    }
}

extension Operation {
    /// Whether the host's data directory is still the one that a rebuild replaces.
    func replacesData(of host: String, _ facts: ClusterFacts?, _ location: ServerLocation) -> Bool {
        guard let rebuild, !rebuild.isDone, named == host else { return false }
        guard let seen = facts?[host] else { return true }
        guard case .present(let server) = seen.server else { return false }
        if seen.file(location.rebuildMark).value != nil { return false }
        // The copy of an earlier rebuild, of which only the old data is left to remove.
        let streams = server.live?.receiver?.status == "streaming"
        return !(rebuild.discardsOld && seen.file(location.oldDirectory).value != nil && streams)
    }
}

extension Design {
    func isNamed(_ host: InventoryHost) -> Bool { operation.named == host.name }

    var namedHost: InventoryHost? { operation.named.flatMap { inventory.host($0) } }

    /// Whether the host's data directory gives way to a new copy.
    func isReplaced(_ host: InventoryHost) -> Bool { operation.replacesData(of: host.name, facts, location) }

    /// Whether the host holds WAL that the primary never had, and is to be rid of it.
    func isRewound(_ host: InventoryHost) -> Bool {
        guard isNamed(host), operation.rebuild == nil, operation.service == nil else { return false }
        guard let facts else { return true }
        if case .forked = Divergence(of: facts[host.name], from: facts[primary]) { return true }
        return false
    }

    /// Whether the server runs now, is stopped on the way and comes back as a standby.
    func isStoppedBefore(_ host: InventoryHost) -> Bool {
        if isFormer(host) { return true }
        guard isNamed(host), isRunning(host) else { return facts == nil && isNamed(host) }
        return isReplaced(host) || isRewound(host)
    }

    /// Slots lie in the data directory: pg_rewind removes them, and a copy has none.
    func losesSlots(_ host: InventoryHost) -> Bool {
        facts != nil && (isReplaced(host) || isRewound(host))
    }

    /// The standbys that stream from the named host, or would if it were not made anew.
    ///
    /// One that has followed it off the primary's line can follow nobody else; it waits for a rejoin of its own.
    var followers: [String] {
        guard let named = operation.named else { return [] }
        return Topology(inventory, primary: primary).children(of: named)
            .filter { name in facts?.server(of: name)?.live?.inRecovery ?? (facts == nil) }
            .filter { name in
                switch Divergence(of: facts?[name], from: facts?[primary]) {
                case .none, .unknown: true
                case .forked, .hopeless: false
                }
            }
    }
}
