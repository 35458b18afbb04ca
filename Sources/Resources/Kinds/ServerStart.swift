import Diagnostics
import Hosts
import PostgreSQL

/// A server that runs.
package struct ServerStart: Resource {
    package let name = "start"
    package var location: ServerLocation
    /// Whether the server runs as a primary now, is stopped by an earlier step and comes back as a standby.
    package var isStoppedBefore: Bool
    /// Whether it is a standby already that an earlier step stops.
    package var isStandbyBefore: Bool
    /// Whether an earlier step puts a new copy in the place of the data directory.
    package var isCopiedBefore: Bool

    package init(
        location: ServerLocation, isStoppedBefore: Bool = false, isStandbyBefore: Bool = false,
        isCopiedBefore: Bool = false
    ) {
        self.location = location
        self.isCopiedBefore = isCopiedBefore
        self.isStoppedBefore = isStoppedBefore
        self.isStandbyBefore = isStandbyBefore
    }

    /// Listening sockets on the port, from the kernel's own tables.
    private var portCommand: String {
        let port = String(location.port, radix: 16, uppercase: true)
        let padded = String(repeating: "0", count: max(0, 4 - port.count)) + port
        return "grep -shm 1 -E '^ *[0-9]+: [0-9A-F]+:\(padded) [0-9A-F]+:[0-9A-F]+ 0A ' /proc/net/tcp /proc/net/tcp6; :"
    }

    private var portReading: String { "listener on port \(location.port)" }

    package var probe: Probe {
        Probe(commands: [portReading: portCommand], server: ServerProbe(location: location))
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.server {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return startOrRefuse(facts, "a new server")
        case .present(let server):
            switch server.state {
            case .running(let live):
                if !isStoppedBefore || live.inRecovery != isStandbyBefore { return .same }
                return .change(
                    Change(
                        .run, "comes back as a standby", effect: .restart,
                        script: Script(Content("echo 'it was not stopped' >&2; false\n"))))
            case .silent(let words):
                return .refused(
                    .error(
                        "server.silent", "\(facts.host): a postmaster runs but does not answer: \(words)",
                        hint: "see its log; when it is still starting up, run again once it is ready"))
            case .stopped:
                if let marker = server.marker, !isCopiedBefore {
                    return .refused(
                        .error(
                            "data.unfinished",
                            "\(facts.host): \(location.dataDirectory) must not be started: \(marker)",
                            hint: "kumki rebuild INVENTORY \(facts.host)"))
                }
                return startOrRefuse(facts, "the server is stopped")
            }
        }
    }

    private func startOrRefuse(_ facts: HostFacts, _ reason: String) -> Finding {
        if case .present = facts.command(portReading) {
            return .refused(
                .error(
                    "port.taken", "\(facts.host): something else listens on port \(location.port)",
                    hint:
                        "find it with `ss -ltnp 'sport = :\(location.port)'` there, or declare another postgresql.port")
            )
        }
        return .change(
            Change(
                .run, reason,
                script: Script(Content(ServerShell(location).start), limit: .seconds(400))))
    }
}
