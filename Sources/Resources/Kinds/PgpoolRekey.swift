package import Diagnostics
import Hosts
import PostgreSQL

/// A running pgpool-II that has the key of pool_passwd which its health checks log in with.
///
/// It reads the key when it starts, and its health checks their password. Until every pgpool-II has the new one they
/// fail, which must not pass for a failure of the servers.
package struct PgpoolRekey: InterruptsServer {
    package let name = "pgpool-II new password"
    package var location: PgpoolLocation
    /// `.pgpoolkey` as it shall be.
    package var key: Content

    package init(location: PgpoolLocation, key: Content) {
        self.location = location
        self.key = key
    }

    private var started: String {
        location.startedDirectory + "/" + (location.keyFile.split(separator: "/").last.map(String.init) ?? "")
    }

    package var probe: Probe { Probe(files: [started], units: [location.unit]) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        if let idle = facts.nothingToDo(unlessRunning: location.unit) { return idle }
        switch facts.file(started) {
        case .unknown(let reason): return .unknown(reason)
        // It was started before kumki kept it.
        case .absent: return .same
        case .present(let file) where file.sha256 == SHA256.hexDigest(key.revealed): return .same
        case .present:
            return .change(
                Change(
                    .run, "the password of its health checks changed", effect: .restart,
                    script: PgpoolShell(location).restart))
        }
    }
}
