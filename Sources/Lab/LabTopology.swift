import Diagnostics
package import Inventory

/// What a lab consists of: one network and one container a host, worked out from an inventory.
package struct LabTopology: Hashable, Sendable {
    package let cluster: String
    /// The inventory's path, absolute, as the containers' label says whose they are.
    package let inventory: String
    package let subnet: String
    package let gateway: String
    package let containers: [LabContainer]

    /// - Throws: `Problems` with `lab.address` for each host whose address can't be a container's.
    package init(_ inventory: Inventory, at path: String, image: LabImage, plain: Bool = false) throws {
        var problems = Problems()
        var prefixes: [String] = []
        for host in inventory.hosts {
            do throws(Diagnostic) {
                let prefix = try Self.prefix(of: host, place: inventory.places["hosts.\(host.name).address"])
                if !prefixes.contains(prefix) { prefixes.append(prefix) }
            } catch {
                problems.add(error)
            }
        }
        if prefixes.count > 1 {
            problems.add(
                .error(
                    "lab.address",
                    "the hosts' addresses lie in \(prefixes.map { "\($0).0/24" }.joined(separator: " and ")), "
                        + "and a lab has one network",
                    hint: "give all hosts addresses of one /24"))
        }
        guard let prefix = prefixes.first, !problems.hasErrors else { throw problems }
        let cluster = inventory.cluster
        self.cluster = cluster
        self.inventory = path
        subnet = "\(prefix).0/24"
        gateway = "\(prefix).1"
        containers = inventory.hosts.map { host in
            LabContainer(
                name: "kumki.\(cluster).\(host.name)", host: host.name, address: host.address,
                image: image, plain: plain, sshPort: host.ssh.port)
        }
    }

    /// The first three numbers of the address, which must lie in 198.18.0.0/15.
    ///
    /// - Source: RFC 2544, appendix C.2.2: the range is kept for tests of networks, so it is nobody's address.
    private static func prefix(of host: InventoryHost, place: SourcePlace?) throws(Diagnostic) -> String {
        let numbers = host.address.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard numbers.count == 4, numbers[0] == 198, numbers[1] == 18 || numbers[1] == 19, let third = numbers[2],
            let last = numbers[3]
        else {
            throw .error(
                "lab.address", "\(host.name) has the address \(host.address), which no lab container may take",
                at: place, hint: "write a copy of the inventory with addresses in 198.18.0.0/15 for the lab")
        }
        guard (2...254).contains(last) else {
            throw .error(
                "lab.address", "\(host.name) has the address \(host.address), which is its network's own", at: place,
                hint: "give it a last number between 2 and 254")
        }
        return "198.\(numbers[1] ?? 18).\(third)"
    }
}

/// A container that stands in for a host.
package struct LabContainer: Hashable, Sendable {
    package let name: String
    /// The host's key in the inventory, and the container's host name.
    package let host: String
    package let address: String
    package let image: LabImage
    /// sshd alone instead of systemd.
    package let plain: Bool
    package let sshPort: Int

    /// Made from the address, so that the neighbours' ARP caches still hold after the container was started again.
    package var hardwareAddress: String {
        let bytes = address.split(separator: ".").compactMap { UInt8($0) }
        return (["02", "42"] + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }).joined(separator: ":")
    }

    /// What can't be changed without making the container anew.
    package var shape: String {
        "\(image.name) \(address) \(plain ? "plain" : "systemd")" + (plain && sshPort != 22 ? " \(sshPort)" : "")
    }
}
