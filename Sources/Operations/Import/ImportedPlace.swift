import Diagnostics
import Inventory
import PostgreSQL
import Resources

/// Where the servers run, against where kumki keeps one: another unit or folder is taken over with the server down.
struct ImportedPlace {
    private(set) var warnings: [Diagnostic] = []

    private struct Place: Hashable {
        var configFile: String
        var socketDirectory: String
        var unit: String?

        var description: String {
            let socket = isSocketUsual ? "" : ", its socket in \(socketDirectory)"
            return "\(configFile)\(socket)\(unit.map { ", by \($0)" } ?? "")"
        }

        var isSocketUsual: Bool { ["/var/run/postgresql", "/run/postgresql"].contains(socketDirectory) }
    }

    init(_ cluster: ImportedCluster, _ name: String) {
        let isPackage = cluster.primaryMember.host.server.install == .package
        let folder = "/etc/postgresql/\(cluster.version)/main"
        let unit = isPackage ? "postgresql@\(cluster.version)-main.service" : "postgresql-\(name).service"
        var hosts: [Place: [String]] = [:]
        for member in cluster.members {
            let file = member.host.live.settings["config_file"]?.setting ?? ""
            let server = member.host.server
            let place = Place(configFile: file, socketDirectory: server.socketDirectory, unit: server.unit)
            let isFamiliar = file == "\(folder)/postgresql.conf" && place.isSocketUsual
            if isFamiliar, place.unit == nil || place.unit == unit { continue }
            hosts[place, default: []].append(member.name)
        }
        for (place, names) in hosts.sorted(by: { $0.value[0] < $1.value[0] }) {
            let stop = place.unit.map { "`systemctl disable --now \($0)`" } ?? "stop it with pg_ctl"
            warnings.append(
                .warning(
                    "import.place",
                    "the server of \(names.joined(separator: ", ")) runs with \(place.description); kumki keeps its files in \(folder) and starts it by \(unit)",
                    hint:
                        "take it over while it is down: \(stop) on each host, the primary first, then `kumki start` and `kumki apply`"
                ))
        }
    }
}
