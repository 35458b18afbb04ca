import Diagnostics
import Inventory
import Pgpool
import PostgreSQL
import Resources
import Templates

/// Who logs in to pgpool-II, and how it logs in to the servers for them.
struct PgpoolAccounts {
    private let design: Design
    private var inventory: Inventory { design.inventory }

    init(_ design: Design) {
        self.design = design
    }

    private var method: String { design.pooledMethod.rawValue }

    private var password: Secret {
        get throws(Problems) {
            guard let source = inventory.ha.password else { throw Self.missing("ha.password") }
            return design.secrets.secret(source)
        }
    }

    private static func missing(_ key: String) -> Problems {
        Problems(
            .error("inventory.missing-key", "`\(key)` is missing", hint: "`kumki validate` shows where it belongs"))
    }

    /// The inventory's own lines count for the pool as they do for the servers, as far as they are about clients.
    func hba(_ location: PgpoolLocation) throws(Problems) -> Content {
        try design.shared.content("pool_hba.conf") { () throws(Problems) in
            let rules = HBARules(design)
            var lines: [TemplateModel] = []
            for line in inventory.postgresql.hba where line.isAboutPoolClients {
                for pooled in pooled(line) { lines.append(["line": .verbatim(try rules.text(pooled))]) }
            }
            // From the host that has the virtual address, a client comes with that address.
            let addresses = inventory.poolHosts.map(\.address) + inventory.vips.map(\.address)
            let nodes: [TemplateModel] = addresses.map {
                [
                    "user": .verbatim(inventory.ha.user), "address": .verbatim(HBARules.address($0)),
                    "method": .verbatim(method),
                ]
            }
            let model: TemplateModel = [
                "cluster": .verbatim(inventory.cluster), "method": .verbatim(method), "nodes": .list(nodes),
                "declared": .flag(!lines.isEmpty), "lines": .list(lines),
            ]
            return try design.render("pgpool/pool_hba.conf", model, format: .plain)
        }
    }

    /// The line as pgpool-II reads it: whom it can't let in as the line says, it turns away, and no later line takes them.
    private func pooled(_ line: DeclaredHBALine) -> [DeclaredHBALine] {
        let version = design.oldestPgpool
        var pooled = line
        if line.type.hasSuffix("gssenc") { pooled.type = "host" }
        if line.obstacle(in: version) != nil { pooled.method = "reject" }
        if pooled.method == "reject" { pooled.options = [] }
        return line.pooledAddresses(in: version).map { address in
            pooled.address = address
            return pooled
        }
    }

    /// What `pcp_*` logs in with: an MD5 digest of the password alone.
    func pcp() throws(Problems) -> Content {
        guard let source = inventory.pgpool.pcpPassword else { throw Self.missing("pgpool.pcp_password") }
        let secret = design.secrets.secret(source)
        let digest = try derived(secret) { secret in
            try PasswordVerifier.secret(.md5, password: secret, user: "").map { String($0.dropFirst("md5".count)) }
        }
        return try design.render(
            "pgpool/pcp.conf",
            [
                "cluster": .verbatim(inventory.cluster), "user": .verbatim(inventory.ha.user),
                "digest": .text(Content(digest)),
            ], format: .plain)
    }

    func pcpPasswords(_ location: PgpoolLocation) throws(Problems) -> Content {
        guard let source = inventory.pgpool.pcpPassword else { throw Self.missing("pgpool.pcp_password") }
        let password = Content(design.secrets.secret(source))
        let addresses = ["localhost", "127.0.0.1", location.runDirectory] + inventory.poolHosts.map(\.address)
        let entries: [TemplateModel] = addresses.map {
            [
                "address": .text($0), "port": .number(location.pcpPort), "user": .text(inventory.ha.user),
                "password": .text(password),
            ]
        }
        return try design.render("pgpool/pcppass", ["entries": .list(entries)], format: .pgpass)
    }

    // MARK: pool_passwd

    /// Made of the password of the health checks, so that it is the same on all hosts and nothing has to be kept.
    private func key() throws(Problems) -> Secret {
        try derived(try password) { secret in
            secret.map { SHA256.hexDigest("pool_passwd of \(inventory.cluster): \($0)") }
        }
    }

    func keyFile() throws(Problems) -> Content {
        try design.render("pgpool/pgpoolkey", ["key": .text(Content(try key()))], format: .plain)
    }

    func passwords() throws(Problems) -> Content {
        try design.shared.content("pool_passwd") { () throws(Problems) in
            let key = PoolKey(try key())
            var users = [try entry(inventory.ha.user, try password, key)]
            for user in inventory.postgresql.users where user.state == .present {
                switch user.password {
                case .secret(let source)?: users.append(try entry(user.name, design.secrets.secret(source), key))
                // What is only known as a hash can be of use where a hash is asked for.
                case .verifier(let text)? where text.hasPrefix("md5"):
                    let label = "postgresql.users.\(user.name).password.verifier"
                    users.append(model(user.name, Secret(label: label, value: text)))
                case .verifier?, nil: break
                }
            }
            return try design.render("pgpool/pool_passwd", ["users": .list(users)], format: .plain)
        }
    }

    private func entry(_ user: String, _ password: Secret, _ key: PoolKey) throws(Problems) -> TemplateModel {
        let isEncrypted = design.oldestPgpool.supportsSCRAM
        return model(
            user,
            try derived(password) { secret in
                isEncrypted
                    ? try key.encrypted(secret) : try PasswordVerifier.secret(.md5, password: secret, user: user)
            })
    }

    private func model(_ user: String, _ stored: Secret) -> TemplateModel {
        ["name": .text(user), "password": .text(Content(stored))]
    }

    /// What pgpool-II before 4.0 keeps in pgpool.conf itself.
    func clearPassword() throws(Problems) -> Content { Content(try password) }

    /// Where secrets only stand for themselves, so does what is made of them.
    private func derived(
        _ secret: Secret, _ make: (Secret) throws -> Secret
    ) throws(Problems) -> Secret {
        if design.secrets.isPlaceholder { return secret }
        do {
            return try make(secret)
        } catch let problem as Diagnostic {
            throw Problems(problem)
        } catch {
            throw Problems(.error("crypto.failed", "\(secret) can't be prepared for pgpool-II: \(error)"))
        }
    }
}
