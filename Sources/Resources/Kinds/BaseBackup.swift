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
    /// Whether it takes the place of a data directory that an earlier step has put aside.
    package var isRebuild: Bool
    /// Bytes a second, 32 kB to 1 GB; nil without a limit.
    package var maxRate: ByteCount?

    package init(
        location: ServerLocation, upstream: String, connection: Conninfo, slot: String?, walDirectory: String? = nil,
        standbyFile: Content, isRebuild: Bool = false, maxRate: ByteCount? = nil
    ) {
        self.location = location
        self.upstream = upstream
        self.connection = connection
        self.slot = slot
        self.walDirectory = walDirectory
        self.standbyFile = standbyFile
        self.isRebuild = isRebuild
        self.maxRate = maxRate
    }

    package var probe: Probe {
        Probe(files: isRebuild ? [location.rebuildMark] : [], server: ServerProbe(location: location))
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): .unknown(reason)
        case .absent: copy(on: facts.host, "\(location.dataDirectory) is empty: a copy of \(upstream)")
        case .present(let server):
            if server.dataVersion == nil {
                .refused(ForeignData(facts.host, location).diagnostic)
            } else if isRebuild, facts.file(location.rebuildMark).value == nil {
                copy(on: facts.host, "a new copy of \(upstream)")
            } else {
                .same
            }
        }
    }

    private func copy(on host: String, _ reason: String) -> Finding {
        do {
            let words = try ServerProgram(version: location.version).basebackup(
                conninfo: connection, directory: location.sideDirectory, slot: slot.map { .existing($0) } ?? .none,
                maxRate: maxRate)
            let preparation = BackupPreparation(location: location, conninfo: try connection.text())
            return .change(
                Change(
                    .create, reason, effect: isRebuild ? .rebuild : .none,
                    script: try script(running: words, preparation), transfer: preparation.transfer))
        } catch {
            return .refused(
                .error("conninfo.syntax", "\(host): the connection to \(upstream) can't be written: \(error)"))
        }
    }

    private func script(running words: [String], _ preparation: BackupPreparation) throws -> Script {
        let side = DataDirectoryMove(location: location)
        let wal = WALDirectoryMove(location: location, directory: walDirectory)
        // Whatever comes to lie in the data directory from here on is the copy.
        let mark = isRebuild ? ": >\(Shell.quote(location.rebuildMark))\n" : ""
        var text = Content(side.prepare + mark + preparation.checkSpace + preparation.mapTablespaces)
        text.append("\(ServerShell(location).program(words)) \"$@\" >/dev/null\n")
        // Those who confirm are named once they stream; a cluster that is there has named them already.
        let superseded = isRebuild ? ManagedLiveSettings.upstream : ManagedLiveSettings.names
        text += StandbyFiles(location: location, content: standbyFile, superseded: superseded)
            .script(in: location.sideDirectory)
        text.append(wal.script + preparation.placeTablespaces + side.script + wal.finish)
        // A copy may take hours; what bounds it is the upstream's own sender time-out.
        return Script(text, limit: .seconds(86_400))
    }
}
