/// What was seen of all hosts; a host that could not be reached is unknown, never absent.
package struct ClusterFacts: Sendable {
    package var hosts: [String: Reading<HostFacts>]

    package init(hosts: [String: Reading<HostFacts>] = [:]) {
        self.hosts = hosts
    }

    package subscript(host: String) -> HostFacts? { hosts[host]?.value }

    /// The server of a host, where the host answered.
    package func server(of host: String) -> ServerFacts? { self[host]?.server.value }
}
