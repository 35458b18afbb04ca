import Inventory
import Resources

/// What the engine leaves on a host once the inventory no longer has it there.
enum PgpoolTraces {
    /// For the record. A service stops before its files go, and what names a script goes before the script.
    static func entries(_ host: InventoryHost, _ design: Design) -> [String] {
        let files = files(host, design)
        if files.isEmpty { return [] }
        return services(host, design).map { "service \($0)" } + files.map { "file \($0)" }
            + blocks(host, design)
    }

    /// Those of a host that leaves the cluster stop, and its address goes with them. Of one that is drained the rejoin
    /// service stays: it does nothing there.
    static func retired(_ host: InventoryHost, _ design: Design) -> [any Resource] {
        if design.isNamed(host) {
            return runsPool(host, design)
                ? [StoppedService(unit: design.pgpool(on: host).unit, reason: .drained)] : []
        }
        return services(host, design).map { StoppedService(unit: $0) }
    }

    private static func runsPool(_ host: InventoryHost, _ design: Design) -> Bool {
        host.roles.contains(.pgpool) || design.hasWatchdog && host.roles.contains(.witness)
    }

    private static func rejoins(_ host: InventoryHost, _ design: Design) -> Bool {
        PgpoolScripts.isLookedAfter(design) && host.isDatabase
    }

    static func services(_ host: InventoryHost, _ design: Design) -> [String] {
        var services: [String] = []
        if rejoins(host, design) { services.append(PgpoolScripts.rejoinUnit(design.inventory.cluster)) }
        if runsPool(host, design) { services.append(design.pgpool(on: host).unit) }
        return services
    }

    private static func files(_ host: InventoryHost, _ design: Design) -> [String] {
        let location = design.pgpool(on: host)
        let cluster = design.inventory.cluster
        var files: [String] = []
        if rejoins(host, design) {
            files.append("/etc/systemd/system/" + PgpoolScripts.rejoinUnit(cluster))
            files.append(PgpoolScripts.rejoin.path(in: location))
        }
        if design.hasWatchdog {
            files += [PgpoolScripts.rightsFile(cluster), PgpoolScripts.hand.path(in: location)]
        }
        if runsPool(host, design) {
            files += [
                UnitDropIn.path(unit: location.unit, cluster: cluster), location.configFile, location.hbaFile,
                location.passwordsFile, location.pcpFile, location.nodeIDFile, location.keyFile,
                PgpoolScripts.pingFolder(location) + "/ping",
            ]
            if location.sourceMark != nil { files.append("/etc/systemd/system/" + location.unit) }
            if PgpoolKeys.areExchanged(design) {
                files += [PgpoolKeys.use(design).privateFile, PgpoolKeys.use(design).publicFile]
            }
            files += [PgpoolScripts.failover, .escalation, .vip].map { $0.path(in: location) }
        }
        return files
    }

    /// Lines of ours in files that others write too.
    private static func blocks(_ host: InventoryHost, _ design: Design) -> [String] {
        var blocks: [String] = []
        if runsPool(host, design) { blocks.append("block \(design.pgpool(on: host).pcpPasswordFile)") }
        if PgpoolKeys.areExchanged(design) {
            let folder = PgpoolKeys.use(design).folder
            blocks.append("failover-block \(folder)/authorized_keys")
            if runsPool(host, design) { blocks.append("failover-block \(folder)/known_hosts") }
        }
        return blocks
    }
}
