import Diagnostics
import Inventory
import PostgreSQL
import Resources

/// Roles, databases and the role that standbys replicate as.
struct ImportedAccounts {
    private(set) var replicationUser = "replicator"
    /// Whether the standbys connect as that role already.
    private(set) var isReplicationUserFound = false
    private(set) var users: [(name: String, role: LiveRole)] = []
    private(set) var databases: [DeclaredDatabase] = []
    private(set) var warnings: [Diagnostic] = []

    private let cluster: ImportedCluster
    private var live: LiveServer { cluster.primaryMember.host.live }

    init(_ cluster: ImportedCluster) {
        self.cluster = cluster
        findReplicationUser()
        let account = cluster.primaryMember.host.server.account
        users = live.roles.sorted { $0.key < $1.key }.map { (name: $0.key, role: $0.value) }
            .filter { $0.name != account && $0.name != replicationUser && !$0.name.hasPrefix("pg_") }
        databases = cluster.primaryMember.host.catalog.databases.compactMap(database)
    }

    private func database(_ name: String) -> DeclaredDatabase? {
        let account = cluster.primaryMember.host.server.account
        // PostgreSQL brings this one itself.
        let extensions = (live.extensions[name] ?? []).subtracting(["plpgsql"]).sorted()
        let owner = live.databases[name].map(\.owner).flatMap { $0 == account ? nil : $0 }
        if name == "postgres", extensions.isEmpty, owner == nil { return nil }
        return DeclaredDatabase(name: name, owner: owner, extensions: extensions)
    }

    /// As whom the standbys connect; a role with other work gets none of kumki's.
    private mutating func findReplicationUser() {
        let names = cluster.standbys.compactMap { $0.host.upstreamConninfo?["user"] }
        guard let name = names.first else { return }
        if Set(names).count > 1 {
            warn(
                "the standbys connect as different roles: \(Set(names).sorted().joined(separator: ", "))",
                hint: "an inventory has one replication.user: \(name) is written")
        }
        let more = live.roles[name].map(extraRights) ?? []
        if more.isEmpty {
            replicationUser = name
            isReplicationUserFound = true
            return
        }
        // The rights of the one that is made by kumki would take these away.
        replicationUser = ["replicator", "kumki_replicator"].first { live.roles[$0] == nil } ?? "kumki_replication"
        warn(
            "the standbys connect as \(name), which is more than a replication role (\(more.joined(separator: ", ")))",
            hint: "`apply` makes a role of its own, \(replicationUser), and the standbys connect as that")
    }

    /// What kumki's replication role does not have; below 11 pg_rewind needs a superuser.
    private func extraRights(_ role: LiveRole) -> [String] {
        let account = cluster.primaryMember.host.server.account
        if live.roles[account] == role { return ["superuser"] }
        let rights = [
            ("superuser", role.superuser && cluster.version >= .v11), ("createdb", role.createdb),
            ("createrole", role.createrole), ("bypassrls", role.bypassrls),
        ]
        return rights.compactMap { $0.1 ? $0.0 : nil }
    }

    private mutating func warn(_ message: String, hint: String) {
        warnings.append(.warning("import.replication-user", message, hint: hint))
    }
}

extension LiveRole {
    /// As an inventory writes them.
    var attributes: [DeclaredUser.Attribute] {
        let all: [(DeclaredUser.Attribute, Bool)] = [
            (.superuser, superuser), (.createdb, createdb), (.createrole, createrole), (.replication, replication),
            (.bypassrls, bypassrls), (.nologin, !login), (.noinherit, !inherit),
        ]
        return all.compactMap { $0.1 ? $0.0 : nil }
    }
}
