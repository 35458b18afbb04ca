package import Diagnostics
import Hosts
import PostgreSQL

/// Lines of ours between two marks in a file that others write too: /etc/hosts, .pgpass, authorized_keys.
package struct ManagedBlock: Resource {
    package enum Position: Hashable, Sendable {
        case top, bottom
    }

    package var name: String
    package var path: String
    /// The cluster, so that two clusters keep their lines apart.
    package var cluster: String
    /// Each line ends with a newline; empty content takes the block away.
    package var content: Content
    /// Nil leaves mode and owner as they are: the file is somebody else's.
    package var mode: String?
    package var owner: String
    package var group: String
    package var position: Position
    /// Lines of others that name one of these words first are taken out, as a leftover would win over ours.
    package var supersedes: Set<String>

    package init(
        name: String, path: String, cluster: String, content: Content, mode: String? = nil, owner: String = "root",
        group: String = "root", position: Position = .bottom, supersedes: Set<String> = []
    ) {
        self.name = name
        self.path = path
        self.cluster = cluster
        self.content = content
        self.mode = mode
        self.owner = owner
        self.group = group
        self.position = position
        self.supersedes = supersedes
    }

    package var begin: String { "# kumki \(cluster): begin (managed, changes here are undone)" }
    package var end: String { "# kumki \(cluster): end" }

    package var isSmall: Bool { true }
    package var probe: Probe { Probe(files: [path], contents: [path]) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        let text: String
        switch facts.content(path) {
        case .unknown(let reason): return .unknown(reason)
        case .absent:
            if content.segments.isEmpty { return .same }
            text = ""
        case .present(let present): text = present
        }
        let desired = merged(into: text)
        let file = facts.file(path).value
        var reasons: [String] = []
        if desired.revealed != text {
            reasons.append(file == nil ? "\(path) is missing" : "the lines of cluster \(self.cluster) differ")
        }
        if let file, let mode {
            if file.mode != mode { reasons.append("mode \(file.mode) -> \(mode)") }
            if file.owner != owner { reasons.append("owner \(file.owner) -> \(owner)") }
        }
        if reasons.isEmpty { return .same }
        let writing = FileWriting(
            path: path, content: desired, mode: mode ?? file?.mode ?? "0644",
            owner: mode == nil ? file?.owner ?? owner : owner,
            group: mode == nil ? file?.group ?? group : group)
        return .change(
            Change(
                file == nil ? .create : .update, reasons.joined(separator: ", "),
                diff: FileDiff(writing: writing, old: file == nil ? nil : text).text, basis: SHA256.hexDigest(text),
                script: Script(writing.script(replacingInPlace: path == "/etc/hosts"))))
    }

    /// The text with our block in its place, whatever block of ours it held before; one at the bottom stays where it is.
    private func merged(into text: String) -> Content {
        var before: [Substring] = []
        var place: Int?
        var inside = false
        for line in text.lines {
            // An editor may have left a carriage return behind our marks.
            let mark = line.hasSuffix("\r") ? line.dropLast() : line
            if mark == begin {
                inside = true
                place = place ?? before.count
            }
            if !inside, !isSuperseded(line) { before.append(line) }
            if mark == end { inside = false }
        }
        if before.last == "" { before.removeLast() }
        let start = position == .top ? 0 : min(place ?? before.count, before.count)
        func ended(_ lines: ArraySlice<Substring>) -> Content { Content(lines.map { $0 + "\n" }.joined()) }
        return ended(before[..<start]) + block + ended(before[start...])
    }

    /// Our lines between their marks; nothing when there are none.
    var block: Content {
        content.segments.isEmpty ? Content() : Content(begin + "\n") + content + Content(end + "\n")
    }

    private func isSuperseded(_ line: Substring) -> Bool {
        guard let first = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).first else { return false }
        return supersedes.contains(String(first))
    }
}

extension FileWriting {
    /// A container's /etc/hosts is a mount of its own that rename can't replace: there the content is written over.
    func script(replacingInPlace: Bool) -> Content {
        guard replacingInPlace else { return script }
        let temporary = Shell.quote(temporaryPath)
        let target = Shell.quote(path)
        var lines = staged
        lines.append(
            "mv -f -- \(temporary) \(target) 2>/dev/null || { cat \(temporary) >\(target); rm -f -- \(temporary); }\n")
        return lines
    }
}
