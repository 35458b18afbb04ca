import Diagnostics
import Inventory
import PostgreSQL
import Resources
import Templates

/// The lines of pg_hba.conf: one file for all database hosts, so that any of them may become primary.
struct HBARules {
    private let design: Design

    init(_ design: Design) {
        self.design = design
    }

    private var method: String { design.version < .v10 ? "md5" : "scram-sha-256" }

    func content() throws(Problems) -> Content {
        try design.shared.content("pg_hba.conf", render)
    }

    private func render() throws(Problems) -> Content {
        let inventory = design.inventory
        let replicas: [TemplateModel] =
            design.databaseHosts.count < 2
            ? []
            : design.databaseHosts.map { host in
                [
                    "user": .verbatim(word(inventory.replication.user)),
                    "address": .verbatim(Self.address(host.address)), "method": .verbatim(method),
                ]
            }
        let rewinders = design.version >= .v11 ? replicas : []
        var lines: [TemplateModel] = []
        for line in inventory.postgresql.hba where !isForPoolAlone(line) {
            lines.append(["line": .verbatim(try text(line))])
        }
        let model: TemplateModel = [
            "cluster": .verbatim(inventory.cluster), "superuser": .verbatim(design.location.account),
            "asks_over_replication": .flag(design.version < .v10 && !replicas.isEmpty),
            "replicated": .flag(!replicas.isEmpty), "replicas": .list(replicas), "rewinders": .list(rewinders),
            "pooled": .flag(!inventory.poolHosts.isEmpty), "pools": .list(try pools()),
            "declared": .flag(!lines.isEmpty), "lines": .list(lines),
        ]
        return try design.render("postgresql/pg_hba.conf", model, format: .plain)
    }

    /// pgpool-II's own account, and the clients that it logs in for: from its hosts, what the inventory's lines allow.
    private func pools() throws(Problems) -> [TemplateModel] {
        var lines: [String] = []
        let pooled = design.pooledMethod.rawValue
        for pool in design.inventory.poolHosts {
            let address = Self.address(pool.address)
            lines.append("host postgres \(word(design.inventory.ha.user)) \(address) \(pooled)")
            for line in design.inventory.postgresql.hba
            where line.isAboutPoolClients && line.method != "reject"
                && line.obstacle(in: design.oldestPgpool) == nil
            {
                var copy = line
                copy.type = "host"
                copy.address = address
                // The client shows its certificate to pgpool-II, which logs in with the password.
                if copy.method == "cert" { copy.method = pooled }
                let text = try text(copy)
                if !lines.contains(text) { lines.append(text) }
            }
        }
        return lines.map { ["line": .verbatim($0)] }
    }

    /// Clients that speak SSL to pgpool-II come to the servers from its hosts. A server without SSL takes a line for
    /// them for an error.
    private func isForPoolAlone(_ line: DeclaredHBALine) -> Bool {
        guard line.type == "hostssl", !design.inventory.poolHosts.isEmpty else { return false }
        return !design.databaseHosts.contains { host in
            ServerSettings(design, host)["ssl"].map(SettingValue.isTrue) ?? false
        }
    }

    /// A name as the file holds it: quoted where it would mean something else.
    private func word(_ name: String) -> String {
        (try? HBALine.Word.name(name).written()) ?? name
    }

    /// One host and no other: `/32`, `/128`, or the host's DNS name.
    static func address(_ address: String) -> String {
        if !address.isIPAddress { return address }
        return address.contains(":") ? "\(address)/128" : "\(address)/32"
    }

    func text(_ line: DeclaredHBALine) throws(Problems) -> String {
        guard let type = HBALine.ConnectionType(rawValue: line.type) else {
            throw Problems(.error("hba.type", "pg_hba.conf has no connection type `\(line.type)`"))
        }
        do {
            return try HBALine(
                type, databases: line.databases.map(Self.databaseWord), users: line.users.map(Self.userWord),
                address: line.address.map { HBALine.Word.keyword($0) }, method: line.method,
                options: line.options.map { HBALine.Option($0.name, $0.value) }
            ).text()
        } catch {
            throw Problems(error)
        }
    }

    private static func databaseWord(_ text: String) -> HBALine.Word {
        let keywords: Set<String> = ["all", "sameuser", "samerole", "samegroup", "replication"]
        return keywords.contains(text) || text.hasPrefix("@") || text.hasPrefix("/") ? .keyword(text) : .name(text)
    }

    private static func userWord(_ text: String) -> HBALine.Word {
        text == "all" || text.hasPrefix("+") || text.hasPrefix("@") || text.hasPrefix("/")
            ? .keyword(text) : .name(text)
    }
}
