import Diagnostics
import Hosts
import PostgreSQL

/// A running server that has not read its files since they changed, or need to change.
package struct ServerReload: Resource {
    package var name: String
    package var desired: [String: String]
    /// Files that a reload reads again, with the digest that they shall have.
    package var files: [String: String]
    /// Looks at the desired settings only, not at what else the server holds.
    package var isNarrow: Bool
    package var location: ServerLocation

    package init(
        name: String = "reload", desired: [String: String], files: [String: String] = [:], isNarrow: Bool = false,
        location: ServerLocation
    ) {
        self.name = name
        self.desired = desired
        self.files = files
        self.isNarrow = isNarrow
        self.location = location
    }

    package var probe: Probe {
        Probe(files: Set(files.keys), server: ServerProbe(location: location, settings: Set(desired.keys)))
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        guard let server = facts.server.value, let live = server.live else {
            if let finding = facts.silence { return finding }
            return isNarrow ? ahead(facts) : .same
        }
        let differences = LiveDifference(live: live, desired: desired, location: location, isNarrow: isNarrow)
        var reasons = differences.reload.map(\.description)
        // Until it reads its files again it takes a value that was taken back for one that waits.
        for (name, value) in desired.sorted(by: { $0.key < $1.key }) {
            guard let found = live.settings[name], found.pendingRestart else { continue }
            if found.holds(value, as: name, version: location.version) {
                reasons.append("\(name) no longer waits for a restart")
            }
        }
        for (path, digest) in files.sorted(by: { $0.key < $1.key }) {
            guard let file = facts.file(path).value else { continue }
            if file.sha256 != digest || file.modified > live.configurationLoaded {
                reasons.append("\(path.split(separator: "/").last ?? "") changed")
            }
        }
        return reasons.isEmpty ? .same : reload(reasons.joined(separator: ", "))
    }

    private func reload(_ reason: String) -> Finding {
        .change(
            Change(.run, reason, effect: .reload, script: Script(Content(ServerShell(location).reload))))
    }

    /// A server that does not run yet will have its settings written once it does, and must read them then.
    private func ahead(_ facts: HostFacts) -> Finding {
        if case .unknown(let reason) = facts.server { return .unknown(reason) }
        let conf = AutoConfText(facts.server.value?.autoConf ?? "")
        let coming = desired.filter { conf.value(of: $0.key) ?? "" != $0.value }.sorted { $0.key < $1.key }
        return coming.isEmpty ? .same : reload(coming.map { "\($0.key) -> \($0.value)" }.joined(separator: ", "))
    }
}

/// A running server that holds a value which only a restart can change.
package struct ServerRestart: InterruptsServer {
    package var name: String
    package var desired: [String: String]
    package var location: ServerLocation

    package init(name: String = "restart", desired: [String: String], location: ServerLocation) {
        self.name = name
        self.desired = desired
        self.location = location
    }

    package var probe: Probe { Probe(server: ServerProbe(location: location, settings: Set(desired.keys))) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        guard let server = facts.server.value, let live = server.live else { return facts.silence ?? .same }
        let differences = LiveDifference(live: live, desired: desired, location: location).restart
        if differences.isEmpty { return .same }
        return .change(
            Change(
                .run, differences.map(\.description).joined(separator: ", "), effect: .restart,
                script: Script(Content(PreviousConfiguration(location).restart), limit: .seconds(600))))
    }
}

extension HostFacts {
    /// A postmaster that answers nothing may need anything: it is never taken for one that is as it should be.
    fileprivate var silence: Finding? {
        guard case .silent(let words)? = server.value?.state else { return nil }
        return .unknown(words)
    }
}
