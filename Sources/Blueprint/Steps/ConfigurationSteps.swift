import Diagnostics
import Inventory
import PostgreSQL
import Resources
import Templates

/// The server's files: configuration, authentication, and what the distribution's scripts read.
enum ConfigurationSteps {
    static func serverFiles(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        let location = design.location
        func file(_ name: String, mode: String = "0644") throws(Problems) -> ManagedFile {
            let content = try design.render("postgresql/\(name)", [:], format: .plain)
            return managed(name, content, mode)
        }
        func managed(_ name: String, _ content: Content, _ mode: String) -> ManagedFile {
            ManagedFile(
                name: name, path: location.configDirectory + "/" + name, content: content, mode: mode,
                owner: location.account, group: location.account)
        }
        let ident = try design.render(
            "postgresql/pg_ident.conf", ["cluster": .text(design.inventory.cluster)], format: .plain)
        var files: [any Resource] = [
            ManagedDirectory(
                name: "configuration directory", path: location.configDirectory, mode: "0755",
                owner: location.account, group: location.account),
            managed("pg_ident.conf", ident, "0640"),
        ]
        if location.isDistribution {
            files += [try file("start.conf"), try file("pg_ctl.conf"), try file("environment")]
        }
        return files
    }

    static func hba(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        let location = design.location
        let content = try HBARules(design).content()
        return [
            ManagedFile(
                name: "pg_hba.conf", path: location.hbaFile, content: content, mode: "0640", owner: location.account,
                group: location.account, effect: design.isRunning(host) ? .reload : .none)
        ]
    }

    /// Passwords for replication and for the engine's scripts; both log in as the server's account.
    static func pgpass(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        let inventory = design.inventory
        let location = design.location
        let replicates = host.isDatabase && design.databaseHosts.count > 1
        let watches = inventory.poolHosts.contains { $0.name == host.name }
        var accounts: [(user: String, password: SecretSource)] = []
        if replicates, let source = inventory.replication.password {
            accounts.append((inventory.replication.user, source))
        }
        if watches, let source = inventory.ha.password { accounts.append((inventory.ha.user, source)) }
        if accounts.isEmpty { return [] }
        let content = try design.shared.content(".pgpass of \(accounts.map(\.user))") { () throws(Problems) in
            func entry(_ address: String, _ port: Int, _ user: String, _ source: SecretSource) -> TemplateModel {
                [
                    "address": .text(address), "port": .number(port), "user": .text(user),
                    "password": .text(Content(design.secrets.secret(source))),
                ]
            }
            var entries: [TemplateModel] = accounts.flatMap { account in
                design.databaseHosts.map { entry($0.address, location.port, account.user, account.password) }
            }
            if watches, let source = inventory.ha.password {
                let doors = inventory.poolHosts.map(\.address) + inventory.vips.map(\.address)
                entries += doors.map { entry($0, inventory.pgpool.port, inventory.ha.user, source) }
            }
            return try design.render("postgresql/pgpass", ["entries": .list(entries)], format: .pgpass)
        }
        return [
            ManagedBlock(
                name: ".pgpass", path: location.passwordFile, cluster: inventory.cluster, content: content,
                mode: "0600", owner: location.account, group: location.account, position: .top)
        ]
    }

    /// What postgresql.conf says now: no hot-standby setting below what the primary's WAL still asks for.
    static func settings(_ host: InventoryHost, _ design: Design) -> ServerSettings {
        var settings = ServerSettings(design, host)
        if host.name != design.primary {
            settings.keepHotStandbyValues(above: design.server(of: host)?.control, version: design.version)
        }
        return settings
    }

    static func configuration(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        [try file("postgresql.conf", settings(host, design), design)]
    }

    /// A second writing of the file, where the first had to keep higher values.
    static func lowered(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        let final = ServerSettings(design, host)
        guard final.values != settings(host, design).values, design.topology.applyDelay(of: host.name) == nil else {
            return []
        }
        var floors: [String: Int] = [:]
        for (name, _) in design.server(of: host)?.control?.hotStandby.pairs ?? [] {
            floors[name] = final.hotStandbyValue(of: name, version: design.version)
        }
        let file = try file("lowered settings", final, design)
        return [LoweredSettings(file: file, floors: floors, location: design.location)]
    }

    private static func file(
        _ name: String, _ settings: ServerSettings, _ design: Design
    ) throws(Problems) -> ServerConfigurationFile {
        let model: TemplateModel = [
            "cluster": .verbatim(design.inventory.cluster), "settings": .list(settings.models),
        ]
        let content = try design.render("postgresql/postgresql.conf", model, format: .postgresqlConf)
        return ServerConfigurationFile(name: name, content: content, location: design.location)
    }

    static func overrides(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        let declared = Set(ServerSettings(design, host).pairs.map(\.name))
        return [AutoConfOverrides(declared: declared, location: design.location)]
    }
}

extension ServerSettings {
    /// For a template.
    var models: [TemplateModel] {
        pairs.map { ["name": .verbatim($0.name), "value": .text($0.value)] }
    }
}
