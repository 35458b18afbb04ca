import Diagnostics
import Hosts
import PostgreSQL

/// A host that has left the cluster and keeps nothing of it: neither the data nor kumki's own files.
///
/// The journal and the locks stay: this step works under them.
package struct Purged: Resource {
    package let name = "purged"
    package var location: ServerLocation
    package var cluster: String
    /// Who says whose data it is, and whether anybody still counts on the host.
    package var primary: String

    package init(location: ServerLocation, cluster: String, primary: String) {
        self.location = location
        self.cluster = cluster
        self.primary = primary
    }

    private static let names = "synchronous_standby_names"

    private var record: String { Record.path(cluster: cluster) }

    package var probe: Probe {
        Probe(files: [location.oldDirectory], contents: [record], server: ServerProbe(location: location))
    }

    package var peerProbes: [String: Probe] {
        [primary: Probe(server: ServerProbe(location: location, settings: [Self.names]))]
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        if let reason = membership(of: facts.host, in: cluster) { return .unknown(reason) }
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent:
            switch facts.content(record) {
            case .unknown(let reason): return .unknown(reason)
            case .absent: return .same
            case .present:
                if facts.file(location.oldDirectory).value == nil {
                    return purge("its host is declared absent: kumki's own files go", destroysData: false)
                }
                return purge(
                    "its host is declared absent: \(location.oldDirectory) and kumki's own files go", destroysData: true
                )
            }
        case .present(let server):
            guard case .stopped = server.state else { return .unknown("once its server is stopped") }
            if server.dataVersion == nil { return .refused(ForeignData(facts.host, location).diagnostic) }
            guard let live = cluster.server(of: primary)?.live else { return .unknown("\(primary) does not answer") }
            if server.systemIdentifier != live.systemIdentifier {
                return .refused(
                    .error(
                        "data.system-identifier",
                        "\(facts.host) holds another database cluster (system identifier \(server.systemIdentifier ?? "unknown")): it is not removed",
                        hint: "look what it is, and remove \(location.dataDirectory) by hand"))
            }
            return purge(
                "its host is declared absent: \(location.dataDirectory) and kumki's own files go", destroysData: true)
        }
    }

    /// Why the host still counts as one of the cluster's.
    private func membership(of host: String, in cluster: ClusterFacts) -> String? {
        guard let live = cluster.server(of: primary)?.live else { return nil }
        if live.standbys.contains(where: { $0.applicationName == host }) { return "\(primary) still sends it WAL" }
        let names = live.settings[Self.names]?.setting ?? ""
        let words = names.split { !$0.isLetter && !$0.isNumber && $0 != "-" && $0 != "_" }
        return words.contains { $0 == host } ? "commits on \(primary) still wait for it" : nil
    }

    private func purge(_ reason: String, destroysData: Bool) -> Finding {
        .change(
            Change(
                .delete, reason, destroysData: destroysData,
                script: Script(Content(script), limit: .seconds(7200))))
    }

    /// What lies elsewhere goes before the links that lead there; the record last, so that a killed run is gone on with.
    private var script: String {
        let data = Shell.quote(location.dataDirectory)
        let old = Shell.quote(location.oldDirectory)
        let wal = data + "/" + location.version.walDirectoryName
        let program = ServerShell(location).program("pg_ctl")
        return """
            if \(program) -D \(data) status >/dev/null 2>&1; then echo "the server still runs" >&2; exit 1; fi
            for link in \(data)/pg_tblspc/* \(old)/pg_tblspc/*; do
            [ -L "$link" ] || continue
            place=$(readlink "$link")
            [ ! -d "$place" ] || find "$place" -mindepth 1 -delete
            rmdir -- "$place" 2>/dev/null || :
            done
            if [ -L \(wal) ] && [ -d \(wal) ]; then find "$(readlink \(wal))" -mindepth 1 ! -name lost+found -delete; fi
            if [ -d \(data) ]; then
            \(DataDirectoryMove(location: location).emptying)rmdir -- \(data) 2>/dev/null || :
            fi
            rm -rf -- \(old) \(Shell.quote(location.sideDirectory))
            rm -f -- \(Shell.quote([location.failureMark, location.rebuildMark]))
            \(removingFiles)rm -f -- \(Shell.quote([HostMark.path(.drained, cluster: cluster), record]))

            """
    }

    private var removingFiles: String {
        let names = ["postgresql.conf", "pg_hba.conf", "pg_ident.conf", "start.conf", "pg_ctl.conf", "environment"]
        var files = names.map { location.configDirectory + "/" + $0 }
        let dropIn = UnitDropIn.path(unit: location.unit, cluster: cluster)
        files.append(dropIn)
        if !location.isDistribution { files.append("/etc/systemd/system/" + location.unit) }
        var folders = [location.configDirectory, "/etc/systemd/system/\(location.unit).d"]
        if let guardFile = location.startGuard {
            files.append(guardFile)
            folders.append(String(guardFile.dropLast("/start-guard".count)))
        }
        return """
            rm -f -- \(Shell.quote(files))
            rmdir -- \(Shell.quote(folders)) 2>/dev/null || :
            [ ! -d /run/systemd/system ] || systemctl daemon-reload

            """
    }
}
