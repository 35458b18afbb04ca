import Inventory
import Lab
import PostgreSQL

enum Samples {
    static func inventory(
        _ addresses: [String] = ["198.18.7.11", "198.18.7.12"], file: String = "/srv/shop.yaml",
        ssh: SSHOptions = SSHOptions(
            user: "root", identityFile: ".kumki/lab/shop/id_ed25519", knownHostsFile: ".kumki/lab/shop/known_hosts"),
        replication: ReplicationOptions = ReplicationOptions()
    ) -> Inventory {
        let hosts = addresses.enumerated().map { index, address in
            InventoryHost(
                name: "db\(index + 1)", address: address, roles: [index == 0 ? .primary : .standby], ssh: ssh)
        }
        return Inventory(
            file: file, cluster: "shop", hosts: hosts, postgresql: PostgreSQLOptions(version: .v15),
            replication: replication)
    }

    static func topology(
        _ inventory: Inventory = inventory(), suite: LabSuite = .bookworm, prebuilt: Bool = false, plain: Bool = false
    ) throws -> LabTopology {
        try LabTopology(
            inventory, at: inventory.file, image: LabImage(suite: suite, prebuilt: prebuilt), plain: plain)
    }

    static func state(
        _ container: LabContainer, _ condition: LabContainerState.Condition = .running, shape: String? = nil,
        inventory: String = "/srv/shop.yaml"
    ) -> LabContainerState {
        LabContainerState(
            name: container.name, condition: condition, cluster: "shop", host: container.host,
            shape: shape ?? container.shape, inventory: inventory)
    }
}
