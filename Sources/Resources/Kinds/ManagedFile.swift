package import Diagnostics
import Hosts
import PostgreSQL

/// A file that is wholly kumki's: content, mode and owner.
package struct ManagedFile: Resource {
    package var name: String
    package var writing: FileWriting
    /// What a server must do before it follows the file.
    package var effect: Change.Effect
    /// Lines that run before the new file takes the old one's place and fail when it is no good; `$t` is its path.
    package var check: String?

    package init(
        name: String, path: String, content: Content, mode: String = "0644", owner: String = "root",
        group: String = "root", effect: Change.Effect = .none, check: String? = nil
    ) {
        self.name = name
        writing = FileWriting(path: path, content: content, mode: mode, owner: owner, group: group)
        self.effect = effect
        self.check = check
    }

    package var isSmall: Bool { true }
    package var probe: Probe { Probe(files: [writing.path]) }
    package var detail: Probe { Probe(contents: [writing.path]) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch facts.file(writing.path) {
        case .unknown(let reason): .unknown(reason)
        case .absent: .change(change(.create, "\(writing.path) is missing", from: nil, basis: nil))
        case .present(let file): compare(file, facts.contents[writing.path]?.value, in: facts)
        }
    }

    private func compare(_ file: FileFacts, _ text: String?, in facts: HostFacts) -> Finding {
        if file.kind == .directory {
            return .refused(
                .error(
                    "file.is-directory", "\(facts.host): \(writing.path) is a directory, a file belongs there",
                    hint: "move it away, then run again"))
        }
        if file.kind == .regular, file.sha256 == nil { return .unknown("\(writing.path) could not be read") }
        var reasons: [String] = []
        if file.kind != .regular { reasons.append("it is no regular file") }
        let differs = file.sha256 != SHA256.hexDigest(writing.content.revealed)
        if differs { reasons.append("content differs") }
        if file.mode != writing.mode { reasons.append("mode \(file.mode) -> \(writing.mode)") }
        if file.owner != writing.owner || file.group != writing.group {
            reasons.append("owner \(file.owner):\(file.group) -> \(writing.owner):\(writing.group)")
        }
        if reasons.isEmpty { return .same }
        let effect = differs ? self.effect : .none
        let basis = "\(file.kind) \(file.mode) \(file.owner):\(file.group) \(file.sha256 ?? "")"
        let old = differs ? text : nil
        var change = change(.update, reasons.joined(separator: ", "), from: old, basis: basis)
        change.effect = effect
        // Content that is right is not written again: a server would take the file for a new one.
        if file.kind == .regular, !differs { change.script.text = Content(permissions) }
        return .change(change)
    }

    private func change(_ action: Change.Action, _ reason: String, from old: String?, basis: String?) -> Change {
        var script: Content = Content("mkdir -p -- \(Shell.quote(parent))\n")
        script += writing.staged
        let path = Shell.quote(writing.path)
        if let check {
            script.append("t=\(Shell.quote(writing.temporaryPath))\n\(check)\n")
        }
        script.append("mv -f -- \(Shell.quote(writing.temporaryPath)) \(path)\n")
        let diff: String? =
            if action == .create || old != nil {
                FileDiff(writing: writing, old: old).text
            } else { nil }
        return Change(
            action, reason, effect: effect, diff: diff, basis: basis, script: Script(script, limit: .seconds(60)))
    }

    private var permissions: String {
        let path = Shell.quote(writing.path)
        let owner = "\(Shell.quote(writing.owner)):\(Shell.quote(writing.group))"
        return "chown -- \(owner) \(path)\nchmod \(writing.mode) \(path)\n"
    }

    private var parent: String {
        guard let slash = writing.path.lastIndex(of: "/"), slash != writing.path.startIndex else { return "/" }
        return String(writing.path[..<slash])
    }
}
