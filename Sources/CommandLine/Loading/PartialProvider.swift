import Hosts
import Inventory
import Planning

/// Hosts of which some can't be reached, as seen from the other side of a broken network.
struct PartialProvider: HostProvider {
    let base: any HostProvider
    let hidden: Set<String>

    func host(for host: InventoryHost) async throws -> any Host {
        if hidden.contains(host.name) {
            throw HostError(code: "drill.cut", host: host.name, message: "it is cut off by the drill")
        }
        return try await base.host(for: host)
    }
}
