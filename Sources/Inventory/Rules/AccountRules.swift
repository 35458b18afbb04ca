import Diagnostics
import PostgreSQL

/// Users and databases.
extension InventoryRules {
    func accounts() -> [Diagnostic] {
        users() + databases() + ownRoles() + verifiersBehindPgpool()
    }

    private func users() -> [Diagnostic] {
        var seen: [String: Int] = [:]
        return inventory.postgresql.users.enumerated().flatMap { index, user -> [Diagnostic] in
            if user.name.isEmpty { return [] }
            let place = place("postgresql.users[\(index)].name")
            func wrong(_ code: String, _ message: String, _ hint: String) -> [Diagnostic] {
                [.error(code, message, at: place, hint: hint)]
            }
            if let first = seen[user.name] {
                return wrong(
                    "inventory.duplicate-name", "the user \(user.name) is declared twice",
                    "keep one: the first one is at line \(self.place("postgresql.users[\(first)].name").line)")
            }
            seen[user.name] = index
            if let purpose = roleOwners[user.name] {
                return wrong(
                    "inventory.reserved-name", "\(user.name) is kumki's own role, \(purpose.reason)", purpose.hint)
            }
            return reservedRole(user.name).map { wrong("inventory.reserved-name", $0, "choose another name") } ?? []
        }
    }

    /// - Source: PostgreSQL documentation, "CREATE ROLE": names that begin with `pg_` are PostgreSQL's own.
    private func reservedRole(_ name: String) -> String? {
        if name.hasPrefix("pg_") { return "names that begin with pg_ are PostgreSQL's own" }
        return ["public", "none", "current_user", "session_user", "current_role"].contains(name)
            ? "\(name) is a word of PostgreSQL's own, no user" : nil
    }

    private var roleOwners: [String: (reason: String, hint: String)] {
        var owners = [
            "postgres": ("the superuser", "set its password with postgresql.superuser_password"),
            inventory.replication.user: (
                "for replication", "set its password with replication.password, or choose another replication.user"
            ),
        ]
        if inventory.ha.engine != .none || !inventory.poolHosts.isEmpty {
            owners[inventory.ha.user] = (
                inventory.ha.engine == .none ? "for pgpool-II" : "for the engine",
                "set its password with ha.password, or choose another ha.user"
            )
        }
        return owners
    }

    private func ownRoles() -> [Diagnostic] {
        var problems: [Diagnostic] = []
        for (path, name) in [("replication.user", inventory.replication.user), ("ha.user", inventory.ha.user)] {
            let message =
                name == "postgres" ? "postgres is the superuser: give this its own role" : reservedRole(name)
            if let message {
                problems.append(
                    .error(
                        "inventory.reserved-name", "\(path): \(message)", at: place(path), hint: "choose another name"))
            } else if name.utf8.count > 63 {
                problems.append(
                    .error(
                        "inventory.value", "\(path): has more than the 63 bytes of a PostgreSQL name", at: place(path)))
            }
        }
        let hasHARole = inventory.ha.engine != .none || !inventory.poolHosts.isEmpty
        if hasHARole, inventory.ha.user == inventory.replication.user {
            problems.append(
                .error(
                    "inventory.duplicate-name", "ha.user and replication.user are both \(inventory.ha.user)",
                    at: place("ha.user", "replication.user"), hint: "give each its own role: they have different rights"
                ))
        }
        return problems
    }

    private func databases() -> [Diagnostic] {
        var seen: [String: Int] = [:]
        let leaving = inventory.postgresql.users.filter { $0.state == .absent }.map(\.name)
        return inventory.postgresql.databases.enumerated().flatMap { index, database -> [Diagnostic] in
            if database.name.isEmpty { return [] }
            let path = "postgresql.databases[\(index)]"
            var problems: [Diagnostic] = []
            if let first = seen[database.name] {
                problems.append(
                    .error(
                        "inventory.duplicate-name", "the database \(database.name) is declared twice",
                        at: place("\(path).name"),
                        hint: "keep one: the first one is at line \(place("postgresql.databases[\(first)].name").line)")
                )
            }
            seen[database.name] = index
            let isOwn = ["template0", "template1"].contains(database.name)
            if isOwn || database.name == "postgres" && database.state == .absent {
                problems.append(
                    .error(
                        "inventory.reserved-name", "\(database.name) is PostgreSQL's own database",
                        at: place("\(path).name"), hint: "declare a database of your own"))
            }
            if let owner = database.owner, database.state == .present, leaving.contains(owner) {
                problems.append(
                    .error(
                        "inventory.absent-owner", "\(database.name) belongs to \(owner), who is to be dropped",
                        at: place("\(path).owner"), hint: "name another owner, or keep the user"))
            }
            for (position, name) in database.extensions.enumerated()
            where database.extensions.firstIndex(of: name) != position {
                problems.append(
                    .error(
                        "inventory.duplicate-name", "the extension \(name) is named twice",
                        at: place("\(path).extensions[\(position)]"), hint: "keep one"))
            }
            return problems
        }
    }

    /// pgpool-II logs in to the servers for its clients, and for SCRAM it needs the password itself.
    private func verifiersBehindPgpool() -> [Diagnostic] {
        guard presentHosts.contains(where: { $0.roles.contains(.pgpool) }) else { return [] }
        return inventory.postgresql.users.enumerated().compactMap { index, user in
            guard case .verifier(let text)? = user.password, text.hasPrefix("SCRAM"), user.state == .present else {
                return nil
            }
            return .warning(
                "inventory.verifier-behind-pgpool",
                "\(user.name) cannot log in through pgpool-II with a verifier alone",
                at: place("postgresql.users[\(index)].password"), hint: "write {file: PATH} with the password")
        }
    }
}
