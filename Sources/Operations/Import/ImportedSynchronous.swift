import Diagnostics
import Inventory
import PostgreSQL
import Resources

/// Who confirms commits: `synchronous_standby_names` in the inventory's words.
struct ImportedSynchronous {
    private(set) var method: SynchronousStandbys.Method = .any
    private(set) var confirm = 1
    /// Hosts in the order of their priority.
    private(set) var hosts: [String] = []
    private(set) var warnings: [Diagnostic] = []

    init(_ cluster: ImportedCluster) {
        let value = cluster.primaryMember.host.live.settings["synchronous_standby_names"]?.setting ?? ""
        guard let names = SynchronousStandbys(parsing: value), !names.names.isEmpty else { return }
        method = names.method
        confirm = names.count
        for name in names.names { add(name, cluster) }
        if hosts.count < confirm {
            warn(
                "\(confirm) must confirm each commit, but only \(hosts.count) of those who shall are standbys here",
                hint: "see which standby is missing; `confirm` is written as \(max(1, hosts.count))")
            confirm = max(1, hosts.count)
        }
    }

    private mutating func add(_ name: String, _ cluster: ImportedCluster) {
        let direct = cluster.standbys.filter { $0.upstream == nil }
        let matching =
            name == "*" ? direct : direct.filter { $0.applicationName?.lowercased() == name.lowercased() }
        if matching.isEmpty {
            warn(
                "synchronous_standby_names has \(name), which is no standby of the primary here",
                hint: "import again with its host, or leave it: nobody of that name confirms a commit now")
        }
        for member in matching where !hosts.contains(member.name) {
            if ImportedStandby(member).applyDelay != nil {
                warn(
                    "\(member.name) confirms commits and applies late, which an inventory refuses: it is async there",
                    hint: "leave `apply_delay` out and write `replication: sync` to have it confirm")
            } else {
                hosts.append(member.name)
            }
        }
    }

    private mutating func warn(_ message: String, hint: String) {
        warnings.append(.warning("import.synchronous", message, hint: hint))
    }
}

/// What a member is as a standby, beside whom it follows.
struct ImportedStandby {
    /// recovery_min_apply_delay as an inventory writes it; nil where it applies at once.
    let applyDelay: String?

    init(_ member: ImportedCluster.Member) {
        let host = member.host
        let setting = host.live.settings["recovery_min_apply_delay"]?.shown
        let text = setting ?? host.standbySetting("recovery_min_apply_delay")
        applyDelay = text.flatMap { Duration(postgresText: $0) == .zero ? nil : $0 }
    }
}
