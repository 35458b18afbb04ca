import Diagnostics
import Inventory
import PostgreSQL
import Resources
import Templates

/// What keeps an old primary that comes back from opening for writes beside its successor.
enum StartGuardSteps {
    /// The script comes before what makes systemd run it. A server without peers needs neither.
    static func startGuard(_ host: InventoryHost, _ design: Design) throws(Problems) -> [any Resource] {
        let location = design.location
        guard let path = location.startGuard else { return [] }
        let cluster = design.inventory.cluster
        let peers = design.databaseHosts.filter { $0.name != host.name }
        let script = try design.render(
            "postgresql/start-guard",
            [
                "cluster": .text(cluster), "host": .text(host.name), "bin": .text(location.binDirectory),
                "home": .text(location.home), "data": .text(location.dataDirectory),
                "standby_file": .text(design.version < .v12 ? location.recoveryFile : location.signalFile),
                "account": .text(location.account), "port": .number(location.port),
                "user": .text(design.inventory.replication.user), "mark": .text(location.startMark),
                "peers": .list(peers.map { ["name": .text($0.name), "address": .text($0.address)] }),
            ], format: .shell)
        let dropIn = try design.render(
            "postgresql/start-guard.conf", ["cluster": .text(cluster), "guard": .text(path)], format: .systemd)
        return [
            ManagedFile(name: "start guard", path: path, content: script, mode: "0755"),
            UnitDropIn(name: "start guard drop-in", unit: location.unit, cluster: cluster, content: dropIn),
        ]
    }

    /// For the record; the drop-in goes first, since a unit can't start without the script that it names.
    static func files(_ design: Design) -> [String] {
        guard let path = design.location.startGuard else { return [] }
        return [UnitDropIn.path(unit: design.location.unit, cluster: design.inventory.cluster), path]
    }
}
