import Diagnostics
import Inventory
import PostgreSQL
import Resources

/// The parts of an imported inventory, before they are text.
struct InventoryDraft {
    let name: String
    let cluster: ImportedCluster
    let synchronous: ImportedSynchronous
    let settings: ImportedSettings
    let accounts: ImportedAccounts
    let hba: ImportedHBA
    let options: ImportedInventory.Options
    private(set) var warnings: [Diagnostic] = []

    init(_ hosts: [ImportedHost], options: ImportedInventory.Options) throws(Problems) {
        cluster = try ImportedCluster(hosts)
        name = try Self.name(of: cluster, options)
        self.options = options
        synchronous = ImportedSynchronous(cluster)
        accounts = ImportedAccounts(cluster)
        hba = ImportedHBA(cluster, replicationUser: accounts.replicationUser)
        settings = ImportedSettings(cluster, Self.bare(cluster, name))
        warnings += cluster.warnings
        warnings += ImportedPlace(cluster, name).warnings
        warnings += synchronous.warnings
        warnings += accounts.warnings
        warnings += settings.warnings
        warnings += hba.warnings
        warnings += ImportedRemains(cluster).warnings
    }

    private static func name(
        of cluster: ImportedCluster, _ options: ImportedInventory.Options
    ) throws(Problems) -> String {
        if let name = options.cluster {
            if NamePattern.isCluster(name) { return name }
            throw Problems(.error("inventory.name", "\"\(name)\" is no cluster name", hint: NamePattern.clusterHint))
        }
        let own = cluster.primaryMember.host.live.settings["cluster_name"]?.setting ?? ""
        return NamePattern.isCluster(own) ? own : "imported"
    }

    /// What kumki would set by itself is asked of an inventory that says nothing more.
    private static func bare(_ cluster: ImportedCluster, _ name: String) -> Inventory {
        let server = cluster.primaryMember.host.server
        return Inventory(
            file: "", cluster: name,
            hosts: cluster.members.map { member in
                InventoryHost(
                    name: member.name, address: member.host.address,
                    roles: [member.name == cluster.primaryMember.name ? .primary : .standby])
            },
            postgresql: PostgreSQLOptions(
                version: cluster.version, install: server.install, port: server.port,
                dataDirectory: server.dataDirectory))
    }

    // MARK: Text

    var text: String {
        [head, ssh, hostLines, server, replication].compactMap { $0 }.joined(separator: "\n\n") + "\n"
    }

    private var head: String {
        let addresses = cluster.members.map(\.host.address).joined(separator: ", ")
        return """
            # The PostgreSQL cluster that was found on \(addresses).
            # Nothing changes before `kumki apply`: `kumki plan` shows what that would do.
            cluster: \(name)
            """
    }

    private var ssh: String? {
        let lines = sshPairs(cluster.members[0].host.ssh, over: SSHOptions()).map { "  \($0.key): \($0.value)" }
        return lines.isEmpty ? nil : (["ssh:"] + lines).joined(separator: "\n")
    }

    /// What differs from the options that hold anyway.
    private func sshPairs(_ ssh: SSHOptions, over base: SSHOptions) -> [(key: String, value: String)] {
        var pairs: [(key: String, value: String)] = []
        if ssh.user != base.user, let user = ssh.user { pairs.append(("user", InventoryText.text(user))) }
        if ssh.port != base.port { pairs.append(("port", String(ssh.port))) }
        if ssh.identityFile != base.identityFile, let file = ssh.identityFile {
            pairs.append(("identity_file", InventoryText.text(file)))
        }
        if ssh.knownHostsFile != base.knownHostsFile, let file = ssh.knownHostsFile {
            pairs.append(("known_hosts_file", InventoryText.text(file)))
        }
        if ssh.hostKeys != base.hostKeys { pairs.append(("host_keys", ssh.hostKeys.rawValue)) }
        if ssh.become != base.become { pairs.append(("become", ssh.become.rawValue)) }
        if ssh.jump != base.jump, let jump = ssh.jump {
            var parts = [(key: "address", value: InventoryText.text(jump.address))]
            if let user = jump.user { parts.append(("user", InventoryText.text(user))) }
            if jump.port != 22 { parts.append(("port", String(jump.port))) }
            pairs.append(("jump", InventoryText.mapping(parts)))
        }
        return pairs
    }

    private var hostLines: String {
        (["hosts:"] + cluster.members.map(hostLine)).joined(separator: "\n")
    }

    private func hostLine(_ member: ImportedCluster.Member) -> String {
        let isPrimary = member.name == cluster.primaryMember.name
        var pairs = [
            (key: "address", value: InventoryText.text(member.host.address)),
            (key: "roles", value: isPrimary ? "[primary]" : "[standby]"),
        ]
        if let upstream = member.upstream { pairs.append(("upstream", InventoryText.text(upstream))) }
        if let value = replication(of: member) { pairs.append(("replication", value)) }
        let ssh = sshPairs(member.host.ssh, over: cluster.members[0].host.ssh)
        if !ssh.isEmpty { pairs.append(("ssh", InventoryText.mapping(ssh))) }
        let key = InventoryText.text(member.name)
        let own = settings.own[member.name] ?? []
        if own.isEmpty { return "  \(key): \(InventoryText.mapping(pairs))" }
        let lines = pairs.map { "    \($0.key): \($0.value)" } + ["    settings:"]
        return (["  \(key):"] + lines + own.map { "      \($0.name): \(InventoryText.setting($0.value))" })
            .joined(separator: "\n")
    }

    private func replication(of member: ImportedCluster.Member) -> String? {
        if let delay = ImportedStandby(member).applyDelay {
            // It would lack the newest rows, and a promotion would wait out the delay.
            let failover = member.upstream == nil ? ", failover: false" : ""
            return "{apply_delay: \(InventoryText.setting(delay))\(failover)}"
        }
        guard let rank = synchronous.hosts.firstIndex(of: member.name) else { return nil }
        let isRanked = synchronous.method == .first && synchronous.hosts.count > 1
        return isRanked ? "{mode: sync, priority: \(rank + 1)}" : "sync"
    }

    private var server: String {
        let server = cluster.primaryMember.host.server
        var lines = ["postgresql:", "  version: \(cluster.version)"]
        if case .existing(let prefix) = server.install {
            lines.append("  install: {existing: {prefix: \(InventoryText.text(prefix))}}")
        }
        if server.port != 5432 { lines.append("  port: \(server.port)") }
        if server.dataDirectory != "/var/lib/postgresql/\(cluster.version)/main" {
            lines.append("  data_directory: \(InventoryText.text(server.dataDirectory))")
        }
        if let directory = server.walDirectory {
            lines.append("  wal_directory: \(InventoryText.text(directory))")
        }
        if !settings.shared.isEmpty || !settings.omissions.isEmpty {
            lines.append("  settings:")
            lines += settings.shared.map { "    \($0.name): \(InventoryText.setting($0.value))" }
            lines += settings.omissions.map { "    " + InventoryText.comment($0) }
        }
        if !hba.entries.isEmpty {
            lines.append("  hba:   # after kumki's own lines: the superuser's, and each host's for replication")
            lines += hba.entries.map { "    " + hbaLine($0) }
        }
        if !accounts.users.isEmpty {
            lines.append(
                "  users:" + (options.withVerifiers ? "" : "   # without a `password` theirs stay as they are"))
            lines += accounts.users.map { "    - " + user($0.name, $0.role) }
        }
        if !accounts.databases.isEmpty {
            lines.append("  databases:")
            lines += accounts.databases.map { "    - " + database($0) }
        }
        return lines.joined(separator: "\n")
    }

    private func hbaLine(_ entry: ImportedHBA.Entry) -> String {
        switch entry {
        case .comment(let text): return InventoryText.comment(text)
        case .line(let line):
            func words(_ words: [String]) -> String {
                words.count == 1 ? InventoryText.text(words[0]) : InventoryText.list(words)
            }
            var pairs = [
                (key: "type", value: line.type), (key: "database", value: words(line.databases)),
                (key: "user", value: words(line.users)),
            ]
            if let address = line.address { pairs.append(("address", InventoryText.text(address))) }
            pairs.append(("method", InventoryText.text(line.method)))
            if !line.options.isEmpty {
                let options = line.options.map { (key: $0.name, value: InventoryText.setting($0.value)) }
                pairs.append(("options", InventoryText.mapping(options)))
            }
            return "- " + InventoryText.mapping(pairs)
        }
    }

    private func user(_ name: String, _ role: LiveRole) -> String {
        var pairs = [(key: "name", value: InventoryText.text(name))]
        if options.withVerifiers, let verifier = role.verifier, PasswordVerifier(parsing: verifier) != nil {
            pairs.append(("password", "{verifier: \(InventoryText.text(verifier))}"))
        }
        let attributes = role.attributes.map(\.rawValue)
        if !attributes.isEmpty { pairs.append(("attributes", InventoryText.list(attributes))) }
        return InventoryText.mapping(pairs)
    }

    private func database(_ database: DeclaredDatabase) -> String {
        var pairs = [(key: "name", value: InventoryText.text(database.name))]
        if let owner = database.owner { pairs.append(("owner", InventoryText.text(owner))) }
        if !database.extensions.isEmpty { pairs.append(("extensions", InventoryText.list(database.extensions))) }
        return InventoryText.mapping(pairs)
    }

    /// Nil for a server of its own, which nobody follows.
    private var replication: String? {
        if cluster.members.count < 2 { return nil }
        let user = accounts.replicationUser
        let password =
            accounts.isReplicationUserFound
            ? "# write \(user)'s password into this file (0600): it can't be read back"
            : "# write a password for the new role into this file (0600)"
        var lines = ["replication:"]
        if user != "replicator" { lines.append("  user: \(InventoryText.text(user))") }
        lines.append("  password: {file: secrets/replicator}   \(password)")
        if !synchronous.hosts.isEmpty {
            let method = synchronous.method == .any ? "any" : "first"
            lines.append("  synchronous: {method: \(method), confirm: \(synchronous.confirm)}")
        }
        if cluster.standbys.allSatisfy({ $0.slot == nil }) {
            lines.append("  slots: false   # as it was; true keeps the WAL that a standby which is away still needs")
        }
        return lines.joined(separator: "\n")
    }
}
