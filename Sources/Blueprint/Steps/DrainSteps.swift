import Diagnostics
import Inventory
import Resources

/// How a host goes out of service, and what says so.
enum DrainSteps {
    static func mark(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        let isDrained = design.operation.service == .leaving
        return [HostMark(.drained, cluster: design.inventory.cluster, state: isDrained ? .present : .absent)]
    }

    /// A step that brings a host's pgpool-II up to date. The host that a command names gets it back where the drain took
    /// it; else what it has there is for `apply`.
    static func poolBack(_ kind: @escaping StepKind) -> StepKind {
        { (host, design) throws(Problems) in
            if design.isNamed(host), !design.getsPoolBack(host) { return [] }
            return try kind(host, design)
        }
    }

    static func retired(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        let why = design.isNamed(host) ? Retired.Reason.drained : .absent
        return [Retired(location: design.location, reason: why)]
    }
}

extension Design {
    fileprivate func getsPoolBack(_ host: InventoryHost) -> Bool {
        guard inventory.poolHosts.contains(where: { $0.name == host.name }) else { return false }
        guard let facts else { return true }
        return facts.drained(in: inventory)[host.name] != nil
    }
}
