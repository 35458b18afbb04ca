package import Diagnostics
import Hosts
package import PostgreSQL

/// A standby's first copy of its upstream, made beside the data directory and moved in when complete.
///
/// standby.signal (recovery.conf before 12) and the connection to the upstream lie in the copy before it is moved:
/// it can never start as a primary.
package struct BaseBackup: Resource {
    package let name = "basebackup"
    package var location: ServerLocation
    package var upstream: String
    /// How pg_basebackup reaches the upstream; it holds no password.
    package var connection: Conninfo
    package var slot: String?
    package var walDirectory: String?
    /// postgresql.auto.conf from 12 on, recovery.conf before.
    package var standbyFile: Content

    package init(
        location: ServerLocation, upstream: String, connection: Conninfo, slot: String?, walDirectory: String? = nil,
        standbyFile: Content
    ) {
        self.location = location
        self.upstream = upstream
        self.connection = connection
        self.slot = slot
        self.walDirectory = walDirectory
        self.standbyFile = standbyFile
    }

    package var probe: Probe { Probe(server: ServerProbe(location: location)) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): .unknown(reason)
        case .absent: copy(on: facts.host)
        case .present(let server):
            server.dataVersion == nil ? .refused(ForeignData(facts.host, location).diagnostic) : .same
        }
    }

    private func copy(on host: String) -> Finding {
        do {
            let words = try ServerProgram(version: location.version).basebackup(
                conninfo: connection, directory: location.sideDirectory, slot: slot.map { .existing($0) } ?? .none)
            return .change(
                Change(
                    .create, "\(location.dataDirectory) is empty: a copy of \(upstream)",
                    script: try script(running: words)
                ))
        } catch {
            return .refused(
                .error("conninfo.syntax", "\(host): the connection to \(upstream) can't be written: \(error)"))
        }
    }

    private func script(running words: [String]) throws -> Script {
        let version = location.version
        let side = DataDirectoryMove(location: location)
        let wal = WALDirectoryMove(location: location, directory: walDirectory)
        let inside = location.sideDirectory
        let file = version < .v12 ? "/recovery.conf" : "/postgresql.auto.conf"
        let preparation = BackupPreparation(location: location, conninfo: try connection.text())
        var text = Content(side.prepare + preparation.checkSpace + preparation.mapTablespaces)
        text.append("\(ServerShell(location).program(words)) \"$@\" >/dev/null\n")
        text.append("rm -f -- \(Shell.quote(inside))/recovery.done \(Shell.quote(inside))/backup_label.old\n")
        text += standbyFileScript(at: inside + file)
        if version >= .v12 {
            text +=
                FileWriting(
                    path: inside + "/standby.signal", content: "", mode: "0600", owner: location.account,
                    group: location.account
                ).script
        }
        text.append(wal.script + preparation.placeTablespaces + side.script + wal.finish)
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
            "chown \(location.account):\(location.account) \(file).kumki-new\nchmod 0600 \(file).kumki-new\nmv -f -- \(file).kumki-new \(file)\n"
        )
        return text
    }
}
