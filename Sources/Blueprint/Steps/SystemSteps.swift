import Diagnostics
import Inventory
import PostgreSQL
import Resources
import Templates

/// What the operating system of a host needs.
enum SystemSteps {
    static func hosts(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        let inventory = design.inventory
        if inventory.hosts.count < 2 { return [] }
        let content = try design.shared.content("hosts") { () throws(Problems) in
            var entries = inventory.hosts.filter { $0.state == .present && $0.address.isIPAddress }
                .map { (address: $0.address, name: $0.name) }
            entries += inventory.vips.compactMap { vip in vip.name.map { (vip.address, $0) } }
            let model: TemplateModel = [
                "hosts": .list(entries.map { ["address": .text($0.address), "name": .text($0.name)] })
            ]
            return try design.render("system/hosts", model, format: .words)
        }
        return [ManagedBlock(name: "hosts", path: "/etc/hosts", cluster: inventory.cluster, content: content)]
    }

    static func packages(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        switch design.inventory.postgresql.install {
        case .package:
            var packages = ["postgresql-\(design.version)", "postgresql-client-\(design.version)"]
            if design.version < .v10 { packages.append("postgresql-contrib-\(design.version)") }
            return [
                DistributionPackages(
                    packages: packages, preventsOwnCluster: true, pgdgVersion: design.version)
            ]
        case .source:
            return [DistributionPackages(packages: SourceSteps.postgres(design).packages)]
        case .existing:
            return []
        }
    }

    /// What starts the server with the host: the distribution's unit, or ours where it has none.
    static func unit(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        let location = design.location
        if location.isDistribution { return [EnabledUnit(unit: "postgresql.service")] }
        let model: TemplateModel = [
            "cluster": .text(design.inventory.cluster), "version": .text(design.version.description),
            "account": .text(location.account), "postgres": .text(location.binDirectory + "/postgres"),
            "data": .text(location.dataDirectory), "config": .text(location.configFile),
        ]
        let content = try design.render("postgresql/postgresql.service", model, format: .systemd)
        return [
            ServiceUnit(unit: location.unit, content: content)
        ]
    }

    static func archiveDirectory(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        guard let archive = design.inventory.replication.archive else { return [] }
        let account = design.location.account
        return [
            ManagedDirectory(
                name: "archive directory", path: archive.directory, mode: "0700", owner: account, group: account)
        ]
    }
}

extension Design {
    /// A template of the library, filled.
    func render(
        _ name: String, _ model: TemplateModel, format: TemplateFormat
    ) throws(Problems) -> Content {
        try templates.template(named: name).render(model, format: format)
    }
}

extension String {
    var isIPAddress: Bool { NetworkAddress(self) != nil }
}
