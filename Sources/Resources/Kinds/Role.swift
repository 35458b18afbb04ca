package import Diagnostics
import Hosts
package import PostgreSQL

/// A role of the cluster: its attributes, and its password by a verifier that is computed here.
package struct Role: Resource {
    package enum Password: Hashable, Sendable {
        /// The clear text; it never leaves this machine.
        case clear(Secret)
        case verifier(Secret)
    }

    package enum State: Hashable, Sendable {
        case present, absent
    }

    package var role: String
    package var attributes: LiveRole
    /// Nil: not managed.
    package var password: Password?
    package var state: State
    package var location: ServerLocation
    /// How the password is stored; PostgreSQL's own way by default.
    package var method: PasswordVerifier.Method

    package init(
        role: String, attributes: LiveRole, password: Password?, state: State = .present, location: ServerLocation,
        method: PasswordVerifier.Method? = nil
    ) {
        self.method = method ?? location.version.passwordMethod
        self.role = role
        self.attributes = attributes
        self.password = password
        self.state = state
        self.location = location
    }

    package var isSmall: Bool { true }
    package var name: String { "role \(role)" }

    package var probe: Probe { Probe(server: ServerProbe(location: location, roles: [role])) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        do {
            return try compare(facts.server)
        } catch let diagnostic as Diagnostic {
            return .refused(diagnostic)
        } catch {
            return .refused(.error("password.failed", "\(facts.host): role \(role): \(error)"))
        }
    }

    private func compare(_ reading: Reading<ServerFacts>) throws -> Finding {
        switch reading {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return state == .absent ? .same : try create()
        case .present(let server):
            guard let live = server.live else { return .unknown("seen once the server runs") }
            guard let found = live.roles[role] else { return state == .absent ? .same : try create() }
            return state == .absent ? drop() : try update(found)
        }
    }

    private func create() throws -> Finding {
        let made = role == location.account ? "ALTER" : "CREATE"
        let action: Change.Action = role == location.account ? .update : .create
        let reason = role == location.account ? "no password is set" : "the role is missing"
        if role == location.account, password == nil { return .same }
        return .change(
            Change(
                action, reason, script: script("\(made) ROLE \(SQL.identifier(role)) WITH \(try options(all: true));")))
    }

    private func update(_ found: LiveRole) throws -> Finding {
        var reasons = zip(found.flags, attributes.flags).compactMap { there, declared -> String? in
            if there.isSet == declared.isSet { return nil }
            return declared.isSet ? "lacks \(declared.name)" : "has \(declared.name)"
        }
        let passwordDiffers = try !matches(found.verifier)
        if passwordDiffers { reasons.append(found.verifier == nil ? "no password is set" : "the password differs") }
        if reasons.isEmpty { return .same }
        var basis = found
        basis.verifier = found.verifier.map { SHA256.hexDigest($0) }
        return .change(
            Change(
                .update, reasons.joined(separator: ", "), basis: String(describing: basis),
                script: script("ALTER ROLE \(SQL.identifier(role)) WITH \(try options(all: passwordDiffers));")))
    }

    private func drop() -> Finding {
        .change(
            Change(
                .delete, "declared absent", script: script("DROP ROLE IF EXISTS \(SQL.identifier(role));")))
    }

    private func matches(_ verifier: String?) throws -> Bool {
        switch password {
        case nil: return true
        case .verifier(let declared): return verifier == declared.reveal()
        case .clear(let secret):
            guard let verifier, PasswordVerifier(parsing: verifier)?.method == method else { return false }
            return try PasswordVerifier.matches(verifier: verifier, password: secret, user: role)
        }
    }

    private func options(all: Bool) throws -> Content {
        var words = Content(
            attributes.flags.map { $0.isSet ? $0.name : "NO" + $0.name }.joined(separator: " "))
        if role == location.account { words = "LOGIN" }
        if all, let stored = try stored() {
            words.append(" PASSWORD ")
            words += SQL.literal(Content(stored))
        }
        return words
    }

    /// What goes into the catalog: a verifier that is made here.
    private func stored() throws -> Secret? {
        switch password {
        case nil: nil
        case .verifier(let secret): secret
        case .clear(let secret):
            try PasswordVerifier.secret(method, password: secret, user: role)
        }
    }

    private func script(_ statement: Content) -> Script {
        Script(ServerShell(location).sql(statement))
    }
}

extension LiveRole {
    /// The attributes as CREATE ROLE spells them.
    var flags: [(name: String, isSet: Bool)] {
        [
            ("SUPERUSER", superuser), ("CREATEDB", createdb), ("CREATEROLE", createrole),
            ("REPLICATION", replication), ("BYPASSRLS", bypassrls), ("LOGIN", login), ("INHERIT", inherit),
        ]
    }
}
