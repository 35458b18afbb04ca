package import Diagnostics
import Hosts
import PostgreSQL

/// A role of the cluster: its attributes, and its password by a verifier that is computed here.
package struct Role: Resource {
    package enum Password: Hashable, Sendable {
        /// The clear text and the salt for a new verifier; the stored one is checked with its own salt.
        case clear(Secret, salt: [UInt8])
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

    package init(
        role: String, attributes: LiveRole, password: Password?, state: State = .present, location: ServerLocation
    ) {
        self.role = role
        self.attributes = attributes
        self.password = password
        self.state = state
        self.location = location
    }

    package var name: String { "role \(role)" }

    package var probe: Probe { Probe(server: ServerProbe(location: location, roles: [role])) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return state == .absent ? .same : create()
        case .present(let server):
            guard let live = server.live else { return .unknown("seen once the server runs") }
            guard let found = live.roles[role] else { return state == .absent ? .same : create() }
            return state == .absent ? drop() : update(found)
        }
    }

    private func create() -> Finding {
        let made = role == location.account ? "ALTER" : "CREATE"
        let action: Change.Action = role == location.account ? .update : .create
        let reason = role == location.account ? "no password is set" : "the role is missing"
        if role == location.account, password == nil { return .same }
        return .change(
            Change(action, reason, script: script("\(made) ROLE \(SQL.identifier(role)) WITH \(options(all: true));")))
    }

    private func update(_ found: LiveRole) -> Finding {
        var reasons = zip(found.flags, attributes.flags).compactMap { there, declared -> String? in
            if there.isSet == declared.isSet { return nil }
            return declared.isSet ? "lacks \(declared.name)" : "has \(declared.name)"
        }
        let passwordDiffers = !matches(found.verifier)
        if passwordDiffers { reasons.append(found.verifier == nil ? "no password is set" : "the password differs") }
        if reasons.isEmpty { return .same }
        var basis = found
        basis.verifier = found.verifier.map { Digest.sha256($0) }
        return .change(
            Change(
                .update, reasons.joined(separator: ", "), basis: String(describing: basis),
                script: script("ALTER ROLE \(SQL.identifier(role)) WITH \(options(all: passwordDiffers));")))
    }

    private func drop() -> Finding {
        .change(
            Change(
                .delete, "declared absent", script: script("DROP ROLE IF EXISTS \(SQL.identifier(role));")))
    }

    private func matches(_ verifier: String?) -> Bool {
        switch password {
        case nil: return true
        case .verifier(let declared): return verifier == declared.reveal()
        case .clear(let secret, _):
            guard let verifier else { return false }
            if location.version >= .v10, verifier.hasPrefix("md5") { return false }
            return PasswordVerifier.matches(verifier: verifier, password: secret.reveal(), user: role)
        }
    }

    private func options(all: Bool) -> Content {
        var words = Content(
            attributes.flags.map { $0.isSet ? $0.name : "NO" + $0.name }.joined(separator: " "))
        if role == location.account { words = "LOGIN" }
        if all, let stored {
            words.append(" PASSWORD ")
            words += SQL.literal(stored)
        }
        return words
    }

    private var stored: Content? {
        switch password {
        case nil: nil
        case .verifier(let secret): Content(secret)
        case .clear(let secret, let salt):
            Content(
                secret.map { clear in
                    location.version < .v10
                        ? PasswordVerifier.md5(password: clear, user: role)
                        : PasswordVerifier.scramSHA256(password: clear, salt: salt)
                })
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
