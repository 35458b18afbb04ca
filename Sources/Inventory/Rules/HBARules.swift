import Diagnostics
import Pgpool
package import PostgreSQL

extension DeclaredHBALine {
    /// The line as it goes into pg_hba.conf; nil for a type that does not exist.
    package var line: HBALine? {
        HBALine.ConnectionType(rawValue: type).map { type in
            HBALine(
                type, databases: databases.map { HBALine.Word($0) }, users: users.map { HBALine.Word($0) },
                address: address.map { HBALine.Word($0) }, method: method,
                options: options.map { HBALine.Option($0.name, $0.value) })
        }
    }
}

/// The user's own lines of pg_hba.conf: what the server would refuse, and what is too open.
extension InventoryRules {
    func hba() -> [Diagnostic] {
        inventory.postgresql.hba.enumerated().flatMap { index, line in
            problems(of: line, path: "postgresql.hba[\(index)]")
        }
    }

    private func problems(of line: DeclaredHBALine, path: String) -> [Diagnostic] {
        if unreadable.contains(where: { $0.hasPrefix("\(path).") }) { return [] }
        var problems: [Diagnostic] = []
        if versionIsReadable {
            problems += (line.line?.problems(version: inventory.postgresql.version) ?? []).map { problem in
                var problem = problem
                let column = problem.code.split(separator: ".").last ?? ""
                problem.place = place("\(path).\(column)", path)
                return problem
            }
        }
        return problems + openness(of: line, path: path) + behindPgpool(line, path: path)
    }

    /// What pgpool-II makes of the line for the clients that come to it.
    private func behindPgpool(_ line: DeclaredHBALine, path: String) -> [Diagnostic] {
        guard !inventory.poolHosts.isEmpty, line.isAboutPoolClients, line.method != "trust",
            let newest = PgpoolVersion.supported.last
        else { return [] }
        let version = inventory.pgpool.archivedVersion ?? newest
        let name = inventory.pgpool.archivedVersion.map { "pgpool-II \($0)" } ?? "pgpool-II"
        let method = place("\(path).method")
        // kumki stores the passwords as such a pgpool-II needs them: nobody logs in by this line, with a pool or without.
        if line.method == "scram-sha-256", !version.supportsSCRAM {
            return [
                .error(
                    "hba.pooled", "\(name) can't log in with scram-sha-256", at: method,
                    hint: "write md5, or use pgpool-II 4.0 or later")
            ]
        }
        if let obstacle = line.obstacle(in: version) {
            return [
                .warning(
                    "hba.pooled", "\(name) \(obstacle): it turns these clients away", at: method,
                    hint: "let them come to the servers themselves, or write another line for them")
            ]
        }
        guard line.type == "hostssl", !inventory.pgpool.hasSSL else { return [] }
        return [
            .warning(
                "hba.pooled", "pgpool-II has no certificate: it turns these clients away", at: place("\(path).type"),
                hint: "write ssl, ssl_cert and ssl_key under pgpool.settings")
        ]
    }

    private func openness(of line: DeclaredHBALine, path: String) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        let method = place("\(path).method")
        switch line.method {
        case "trust":
            problems.append(
                .error(
                    "hba.trust", "trust lets anybody in as any of these users, without a password", at: method,
                    hint: line.type == "local"
                        ? "use peer, or scram-sha-256" : "use scram-sha-256, or cert with hostssl"))
        case "password":
            problems.append(
                .warning(
                    "hba.clear-text", "password sends the password in clear text", at: method, hint: "use scram-sha-256"
                ))
        case "md5"
        where inventory.postgresql.version >= .v10 && inventory.pgpool.archivedVersion?.supportsSCRAM ?? true:
            problems.append(
                .warning(
                    "hba.md5", "md5 is weak, and leaves PostgreSQL in a later version", at: method,
                    hint: "use scram-sha-256; users whose password is still an md5 hash must get it anew"))
        case "ident" where line.type != "local":
            problems.append(
                .warning(
                    "hba.ident", "ident believes what the client's host says", at: method, hint: "use scram-sha-256"))
        default:
            break
        }
        guard let address = line.address, line.method != "reject" else { return problems }
        let parts = address.split(separator: "/")
        if ["all", "0.0.0.0/0", "::/0"].contains(address) {
            problems.append(
                .warning(
                    "hba.everyone", "\(address) is every address there is", at: place("\(path).address"),
                    hint: "name the networks that the clients are in"))
        } else if parts.count == 2, let network = NetworkAddress(String(parts[0])), let length = Int(parts[1]),
            (0...network.width).contains(length), !network.isNetwork(prefix: length)
        {
            problems.append(
                .warning(
                    "hba.host-bits", "\(address) names one host and means its whole network",
                    at: place("\(path).address"),
                    hint: "write /\(network.width) for the one host, or the network's own address"))
        }
        return problems
    }
}
