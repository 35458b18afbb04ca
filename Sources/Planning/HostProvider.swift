package import Hosts
package import Inventory

/// Where the engine gets its hosts from: SSH in earnest, a script of answers in tests.
package protocol HostProvider: Sendable {
    /// Connects, or hands out the connection that is open already.
    ///
    /// - Throws: `HostError`.
    func host(for host: InventoryHost) async throws -> any Host
}
