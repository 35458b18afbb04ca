import Diagnostics
import Hosts

/// A directory with its mode and owner; what lies in it is nobody's business here.
package struct ManagedDirectory: Resource {
    package var name: String
    package var path: String
    package var mode: String
    package var owner: String
    package var group: String

    package init(name: String, path: String, mode: String, owner: String, group: String) {
        self.name = name
        self.path = path
        self.mode = mode
        self.owner = owner
        self.group = group
    }

    package var isSmall: Bool { true }
    package var probe: Probe { Probe(files: [path]) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.file(path) {
        case .unknown(let reason): return .unknown(reason)
        case .absent: return .change(Change(.create, "\(path) is missing", script: script))
        case .present(let file) where file.kind == .link: return .same
        case .present(let file) where file.kind != .directory:
            return .refused(
                .error(
                    "file.not-directory", "\(facts.host): \(path) is no directory",
                    hint: "move it away, then run again"))
        case .present(let file):
            var reasons: [String] = []
            if file.mode != mode { reasons.append("mode \(file.mode) -> \(mode)") }
            if file.owner != owner || file.group != group {
                reasons.append("owner \(file.owner):\(file.group) -> \(owner):\(group)")
            }
            if reasons.isEmpty { return .same }
            return .change(Change(.update, reasons.joined(separator: ", "), script: script))
        }
    }

    private var script: Script {
        let path = Shell.quote(path)
        return Script("mkdir -p -- \(path)\nchown -- \(owner):\(group) \(path)\nchmod \(mode) \(path)\n")
    }
}
