import FoundationEssentials

/// The examples of `inventories/`, as texts for a lab of a test's own.
enum ExampleInventory {
    /// A primary, two synchronous standbys, and a cascade below one of them; user `app` may come in from every host.
    static let quad = """
        cluster: $CLUSTER
        ssh: {user: root, identity_file: $LAB/id_ed25519, known_hosts_file: $LAB/known_hosts}
        hosts:
          db1: {address: $NET.11, roles: [primary]}
          db2: {address: $NET.12, roles: [standby], replication: sync}
          db3: {address: $NET.13, roles: [standby], replication: sync}
          db4: {address: $NET.14, roles: [standby], upstream: db2}
        postgresql:
          version: 15
          superuser_password: {file: $LAB/secrets/superuser}
          settings: {shared_buffers: 32MB}
          hba: [{type: host, database: app, user: app, address: $NET.0/24, method: scram-sha-256}]
          users: [{name: app, password: {file: $LAB/secrets/app}}]
          databases: [{name: app, owner: app}]
        replication:
          password: {file: $LAB/secrets/replicator}
          synchronous: {method: any, confirm: 1}

        """

    private static let root = String(#filePath.dropLast("/Tests/LabTests/ExampleInventory.swift".count))

    /// - Parameter version: nil keeps the version that the example declares.
    static func text(_ name: String, version: String? = nil) throws -> String {
        let text = try String(contentsOfFile: "\(root)/inventories/\(name).yaml", encoding: .utf8)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for (index, line) in lines.enumerated() {
            lines[index] = line.replacing(/198\.18\.\d+\./, with: "$NET.")
            if line == "cluster: \(name)" { lines[index] = "cluster: $CLUSTER" }
            if let version, line.hasPrefix("  version: ") { lines[index] = "  version: \(version)" }
        }
        return lines.joined(separator: "\n").replacing(".kumki/lab/\(name)", with: "$LAB")
    }
}
