/// What `up` or `down` did, host by host.
package struct LabReport: Hashable, Sendable {
    package enum Change: String, Hashable, Sendable {
        case unchanged, started, created, replaced, removed
    }

    package struct HostLine: Hashable, Sendable {
        package let host: String
        /// Nil when the container is gone.
        package let address: String?
        package let change: Change
        /// Why a container was replaced; everything in it is lost then.
        package let reason: String?

        package init(host: String, address: String?, change: Change, reason: String? = nil) {
            self.host = host
            self.address = address
            self.change = change
            self.reason = reason
        }
    }

    package let cluster: String
    /// In the order of the inventory, removed hosts first.
    package let hosts: [HostLine]
    /// Warnings on what was noticed, such as an inventory that does not use the lab's key.
    package let warnings: [String]

    package init(cluster: String, hosts: [HostLine], warnings: [String] = []) {
        self.cluster = cluster
        self.hosts = hosts
        self.warnings = warnings
    }
}
