package import Diagnostics
import Hosts
import PostgreSQL

/// A standby's first copy of its upstream, made beside the data directory and moved in when complete.
///
/// standby.signal (recovery.conf before 12) and the connection to the upstream lie in the copy before it is moved:
/// it can never start as a primary.
package struct BaseBackup: Resource {
    package let name = "basebackup"
    package var location: ServerLocation
    package var upstream: String
    package var upstreamAddress: String
    package var user: String
    package var slot: String?
    package var walDirectory: String?
    /// postgresql.auto.conf from 12 on, recovery.conf before.
    package var standbyFile: Content

    package init(
        location: ServerLocation, upstream: String, upstreamAddress: String, user: String, slot: String?,
        walDirectory: String? = nil, standbyFile: Content
    ) {
        self.location = location
        self.upstream = upstream
        self.upstreamAddress = upstreamAddress
        self.user = user
        self.slot = slot
        self.walDirectory = walDirectory
        self.standbyFile = standbyFile
    }

    package var probe: Probe { Probe(server: ServerProbe(location: location)) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): .unknown(reason)
        case .absent:
            .change(
                Change(.create, "\(location.dataDirectory) is empty: a copy of \(upstream)", script: script))
        case .present(let server):
            server.dataVersion == nil ? .refused(ForeignData(facts.host, location).diagnostic) : .same
        }
    }

    private var script: Script {
        let version = location.version
        var words = [
            "-D", location.sideDirectory, "-h", upstreamAddress, "-p", String(location.port), "-U", user, "-w",
            "--checkpoint=fast", version < .v10 ? "--xlog-method=stream" : "--wal-method=stream",
        ]
        if let slot { words += ["-S", slot] }
        let side = DataDirectoryMove(location: location)
        let wal = WALDirectoryMove(location: location, directory: walDirectory)
        let inside = location.sideDirectory
        let file = version < .v12 ? "/recovery.conf" : "/postgresql.auto.conf"
        var text = Content(side.prepare)
        text.append("\(ServerShell(location).program("pg_basebackup")) \(Shell.quote(words)) >/dev/null\n")
        text.append("rm -f -- \(Shell.quote(inside))/recovery.done \(Shell.quote(inside))/backup_label.old\n")
        text += standbyFileScript(at: inside + file)
        if version >= .v12 {
            text +=
                FileWriting(
                    path: inside + "/standby.signal", content: "", mode: "0600", owner: location.account,
                    group: location.account
                ).script
        }
        text.append(wal.script + side.script + wal.finish)
        // A copy may take hours; what bounds it is the upstream's own sender time-out.
        return Script(text, limit: .seconds(86_400))
    }

    /// From 12 on the file came with the copy: what somebody set on the upstream by ALTER SYSTEM stays.
    private func standbyFileScript(at path: String) -> Content {
        guard location.version >= .v12 else {
            return FileWriting(
                path: path, content: standbyFile, mode: "0600", owner: location.account, group: location.account
            ).script
        }
        let names = ManagedLiveSettings.names.joined(separator: "|")
        let file = Shell.quote(path)
        var text: Content = "{ grep -vE '^(\(names)) *=' \(file) || :; printf '%s' "
        text += Shell.quote(standbyFile)
        text.append("; } >\(file).kumki-new\n")
        text.append(
            "chown \(location.account):\(location.account) \(file).kumki-new\nmv -f -- \(file).kumki-new \(file)\n")
        return text
    }
}
