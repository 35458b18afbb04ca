package import Inventory
package import Pgpool
import PostgreSQL
package import Resources

extension Design {
    /// What runs pgpool-II on a host.
    func pgpool(on host: InventoryHost) -> PgpoolLocation {
        PgpoolLocation(inventory, version: pgpoolVersion(on: host))
    }

    /// What is installed, else what its package would bring; nil where an archive's name doesn't tell it.
    private func pgpoolVersion(on host: InventoryHost) -> PgpoolVersion? {
        if case .source(let source) = inventory.pgpool.install { return PgpoolVersion(archive: source.archive) }
        guard let seen = facts?[host.name] else { return .packagedBeside(version) }
        if let installed = seen.package(PgpoolPackage.name).value { return PgpoolVersion(parsing: installed) }
        if let candidate = seen.command(PgpoolPackage.reading).value { return PgpoolVersion(parsing: candidate) }
        return PgpoolVersion.packaged(in: seen.system.codename) ?? .packagedBeside(version)
    }

    /// Of all hosts with pgpool-II; what they have in common must suit it.
    var oldestPgpool: PgpoolVersion {
        inventory.poolHosts.compactMap { pgpool(on: $0).version }.min() ?? .packagedBeside(version)
    }

    /// How those log in who may come through pgpool-II, and how their passwords are stored.
    var pooledMethod: PasswordVerifier.Method {
        oldestPgpool.supportsSCRAM || inventory.poolHosts.isEmpty ? version.passwordMethod : .md5
    }

    /// Whether a watchdog elects a leader, which moves the VIP and fails over.
    var hasWatchdog: Bool { inventory.ha.engine == .pgpool }

    /// Whether somebody took the engine's hands off, by the mark that it left on its hosts.
    var isPaused: Bool {
        if let pauses = operation.pauses { return pauses }
        guard let facts else { return false }
        let paused = facts.paused(in: inventory)
        // The host that comes back may not have seen the end of the pause.
        let others = inventory.poolHosts.filter { $0.name != operation.named && facts[$0.name] != nil }
        return others.isEmpty ? !paused.isEmpty : others.contains { paused[$0.name] != nil }
    }

    /// The order in which pgpool-II restarts, one host after the other, so that the watchdog keeps its quorum.
    var poolOrder: [String] {
        let hosts = inventory.poolHosts.map(\.name)
        let leading = hosts.filter { facts?[$0]?.command(PgpoolRestart.leading).value != nil }
        return hosts.filter { !leading.contains($0) } + leading
    }
}

extension ClusterFacts {
    /// The hosts whose engine's hands are off, and since when, as their own marks say.
    package func paused(in inventory: Inventory) -> [String: String] {
        let path = HostMark.path(.paused, cluster: inventory.cluster)
        var paused: [String: String] = [:]
        for host in inventory.poolHosts {
            guard case .present(let text)? = self[host.name]?.content(path) else { continue }
            paused[host.name] = String(text.prefix { $0 != "\n" })
        }
        return paused
    }
}

extension PgpoolLocation {
    /// Where the inventory puts pgpool-II.
    package init(_ inventory: Inventory, version: PgpoolVersion?) {
        let options = inventory.pgpool
        self.init(
            cluster: inventory.cluster, version: version, pcpUser: inventory.ha.user, port: options.port,
            pcpPort: options.pcpPort)
        guard case .source(let source) = options.install else { return }
        let prefix = source.prefix ?? SourceSteps.defaultPrefix
        binDirectory = prefix + "/bin"
        configDirectory = prefix + "/etc"
        unit = "pgpool-\(cluster).service"
        sourceMark = SourceBuild.mark(of: binDirectory + "/pgpool", prefix: prefix)
    }
}

extension PgpoolVersion {
    /// What the release of Debian brings that has this PostgreSQL: for drawings made without a look at the hosts.
    static func packagedBeside(_ version: PostgresVersion) -> PgpoolVersion {
        if version < .v14 { return .v4_1 }
        if version < .v16 { return .v4_3 }
        return version < .v18 ? .v4_6 : .v4_7
    }
}
