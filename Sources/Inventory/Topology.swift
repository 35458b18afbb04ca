import PostgreSQL

/// Who follows whom while one given host is primary, and who confirms commits; pure, made of the inventory alone.
///
/// A host follows its declared upstream if that chain reaches the primary without passing through the host itself,
/// else it follows the primary. The synchronous hosts are the same under every primary, so that nothing is left to
/// change after a failover.
package struct Topology: Sendable {
    /// The live primary.
    package let primary: String
    /// The database hosts, in the order of the file.
    package let hosts: [String]
    /// Every host whose mode is sync, the primary too: by priority, then in the order of the file.
    package let synchronousHosts: [String]
    /// The value of `synchronous_standby_names`, not yet quoted for a file; empty when no host is sync.
    package let synchronousStandbyNames: String

    private let upstreams: [String: String]
    private let modes: [String: StandbyReplication.Mode]
    private let applyDelays: [String: Duration]

    /// - Parameters:
    ///   - primary: a database host; it need not be the one where the cluster was born.
    ///   - empty: hosts without data. Those that have data follow the primary until their upstream has been copied:
    ///     the copy begins behind what they need next, and would never have it.
    package init(_ inventory: Inventory, primary: String, empty: Set<String> = []) {
        self.primary = primary
        let databases = inventory.databaseHosts
        hosts = databases.map(\.name)
        let declared = inventory.declaredUpstreams

        var upstreams: [String: String] = [:]
        var applyDelays: [String: Duration] = [:]
        for host in databases where host.name != primary {
            let upstream = Self.upstream(of: host.name, primary: primary, declared: declared)
            let waits = empty.contains(upstream) && !empty.contains(host.name)
            upstreams[host.name] = waits ? primary : upstream
            applyDelays[host.name] = host.replication.applyDelay
        }
        self.upstreams = upstreams
        modes = inventory.replicationModes
        self.applyDelays = applyDelays
        synchronousHosts = inventory.synchronousHosts.map(\.name)
        synchronousStandbyNames = SynchronousStandbyNames.text(
            synchronousHosts, method: inventory.replication.method, confirm: inventory.replication.confirm,
            version: inventory.postgresql.version)
    }

    /// The host that `host` streams from; nil for the primary.
    package func upstream(of host: String) -> String? { upstreams[host] }

    /// The hosts that stream from `host`, in the order of the file.
    package func children(of host: String) -> [String] {
        hosts.filter { upstreams[$0] == host }
    }

    /// How `host` replicates whenever it is a standby.
    package func replicationMode(of host: String) -> StandbyReplication.Mode { modes[host] ?? .async }

    /// How far `host` is held back; nil for the primary and for those that apply at once.
    package func applyDelay(of host: String) -> Duration? { applyDelays[host] }

    /// How many steps lie between the primary and `host`: 0 for the primary itself.
    package func depth(of host: String) -> Int {
        var depth = 0
        var current = host
        while let next = upstreams[current] {
            depth += 1
            current = next
        }
        return depth
    }

    /// The synchronous hosts that stream from the primary now: those whose confirmation it can wait for.
    package var synchronousStandbys: [String] {
        synchronousHosts.filter { $0 != primary && upstreams[$0] == primary }
    }

    private static func upstream(of host: String, primary: String, declared: [String: String]) -> String {
        guard let first = declared[host] else { return primary }
        var seen: Set<String> = [host]
        var current = first
        while current != primary {
            guard seen.insert(current).inserted else { return primary }
            guard let next = declared[current] else { return first }
            current = next
        }
        return first
    }
}

extension Inventory {
    /// The declared upstream of each database host that has one, past hosts that are to leave.
    ///
    /// A name that is no database host is left out; so is a chain of leaving hosts that ends nowhere.
    var declaredUpstreams: [String: String] {
        let known = Dictionary(hosts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var result: [String: String] = [:]
        for host in databaseHosts {
            var seen: Set<String> = [host.name]
            var next = host.upstream
            while let name = next, let target = known[name], target.state == .absent, seen.insert(name).inserted {
                next = target.upstream
            }
            if let name = next, name != host.name, let target = known[name], target.state == .present,
                target.isDatabase
            {
                result[host.name] = name
            }
        }
        return result
    }

    /// How a host replicates whenever it is a standby, defaults resolved.
    ///
    /// Async, but for the host born primary: it is sync when any other is, unless it declares an upstream or a delay.
    package func replicationMode(of host: InventoryHost) -> StandbyReplication.Mode {
        replicationModes[host.name] ?? .async
    }

    /// The same for every database host.
    var replicationModes: [String: StandbyReplication.Mode] {
        let databases = databaseHosts
        let isAnySync = databases.contains { $0.replication.mode == .sync }
        let pairs = databases.map { host -> (String, StandbyReplication.Mode) in
            let isFree = host.upstream == nil && host.replication.applyDelay == nil
            let unsaid: StandbyReplication.Mode =
                host.roles.contains(.primary) && isFree && isAnySync ? .sync : .async
            return (host.name, host.replication.mode ?? unsaid)
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// Every host whose mode is sync: by priority, then in the order of the file.
    package var synchronousHosts: [InventoryHost] {
        let modes = replicationModes
        let hosts = databaseHosts.filter { modes[$0.name] == .sync }
        return hosts.enumerated().sorted { left, right in
            let (first, second) = (left.element.replication.priority, right.element.replication.priority)
            return (first ?? .max, left.offset) < (second ?? .max, right.offset)
        }.map(\.element)
    }

    /// The hosts that may become primary: no declared upstream, and `failover` is not false.
    ///
    /// The host born primary counts by the same rule: once it has failed, it may come back.
    package var primaryCandidates: [InventoryHost] {
        databaseHosts.filter { $0.upstream == nil && $0.replication.failover }
    }
}
