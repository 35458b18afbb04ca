import Diagnostics
import Hosts
import PostgreSQL

/// A new, empty database cluster where there is none.
package struct Initdb: Resource {
    package let name = "initdb"
    package var location: ServerLocation
    package var encoding: String
    package var locale: String
    package var dataChecksums: Bool
    package var walDirectory: String?

    package init(
        location: ServerLocation, encoding: String, locale: String, dataChecksums: Bool, walDirectory: String? = nil
    ) {
        self.location = location
        self.encoding = encoding
        self.locale = locale
        self.dataChecksums = dataChecksums
        self.walDirectory = walDirectory
    }

    package var probe: Probe { Probe(server: ServerProbe(location: location)) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): .unknown(reason)
        case .absent:
            .change(
                Change(
                    .create, "\(location.dataDirectory) holds no database cluster", script: script))
        case .present(let server):
            server.dataVersion == nil ? .refused(ForeignData(facts.host, location).diagnostic) : .same
        }
    }

    private var script: Script {
        let words = ServerProgram(version: location.version).initdb(
            dataDirectory: location.sideDirectory, superuser: location.account, encoding: encoding, locale: locale,
            checksums: dataChecksums)
        let side = DataDirectoryMove(location: location)
        let wal = WALDirectoryMove(location: location, directory: walDirectory)
        var text = side.prepare
        text += "\(ServerShell(location).program(words)) >/dev/null\n"
        text += wal.script + side.script + wal.finish
        return Script(Content(text), limit: .seconds(300))
    }
}

/// A data directory with files of somebody else in it.
struct ForeignData {
    let diagnostic: Diagnostic

    init(_ host: String, _ location: ServerLocation) {
        diagnostic = .error(
            "data.foreign",
            "\(host): \(location.dataDirectory) holds files but no PG_VERSION: nothing of it is touched",
            hint: "look what it is, then move it away or set postgresql.data_directory to another folder")
    }
}
