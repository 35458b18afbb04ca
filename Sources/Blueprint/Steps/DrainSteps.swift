import Inventory
import Resources

/// How a host goes out of service, and what says so.
enum DrainSteps {
    static func mark(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        let isDrained = design.operation.service == .leaving
        return [HostMark(.drained, cluster: design.inventory.cluster, state: isDrained ? .present : .absent)]
    }

    static func retired(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        let why = design.isNamed(host) ? Retired.Reason.drained : .absent
        return [Retired(location: design.location, reason: why)]
    }
}
