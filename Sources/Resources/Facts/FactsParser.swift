/// Reads what a probe's script printed.
package struct FactsParser {
    private struct Section {
        var kind: String
        var key: String
        var bytes: ArraySlice<UInt8>

        /// What programs print about things; a name that is no UTF-8 is mended and then fits nothing.
        var body: String { String(decoding: bytes, as: UTF8.self) }

        /// What a file holds; nil when it is no text, which could not be written back as it was.
        var text: String? {
            bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
        }
    }

    private let probe: Probe
    private var facts: HostFacts
    private var server = ServerFactsReader()

    private init(host: String, probe: Probe) {
        self.probe = probe
        facts = HostFacts(host: host)
    }

    /// Nil when the output ends before its last section: the script was cut off.
    package static func parse(_ output: [UInt8], errors: String, boundary: String, host: String, probe: Probe)
        -> HostFacts?
    {
        let sections = split(output, boundary: boundary)
        guard sections.last?.kind == "end" else { return nil }
        var parser = FactsParser(host: host, probe: probe)
        parser.expectAbsence()
        var index = 0
        while index < sections.count {
            parser.read(sections[index], next: index + 1 < sections.count ? sections[index + 1] : nil)
            index += 1
        }
        if let serverProbe = probe.server {
            parser.facts.server = parser.server.facts(for: serverProbe, errors: errors)
        }
        return parser.facts
    }

    /// Lines are told by bytes: to Swift a carriage return and the newline behind it are one character.
    private static func split(_ output: [UInt8], boundary: String) -> [Section] {
        let mark = Array("\(boundary) ".utf8)
        var sections: [Section] = []
        var start = output.startIndex
        while start < output.endIndex {
            let end = output[start...].firstIndex(of: UInt8(ascii: "\n")) ?? output.endIndex
            let line = output[start..<end]
            if line.starts(with: mark) {
                let words = String(decoding: line.dropFirst(mark.count), as: UTF8.self)
                    .split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                let body = min(end + 1, output.endIndex)
                sections.append(
                    Section(kind: words[0], key: words.count > 1 ? words[1] : "", bytes: output[body..<body]))
            } else if !sections.isEmpty {
                let body = sections[sections.count - 1].bytes.startIndex
                // The newline before a boundary is the boundary's own.
                sections[sections.count - 1].bytes = output[body..<end]
            }
            start = end + 1
        }
        return sections
    }

    /// What a list does not mention is absent, unless the list itself could not be made.
    private mutating func expectAbsence() {
        for path in probe.files { facts.files[path] = .absent }
        for name in probe.packages { facts.packages[name] = .absent }
        for name in probe.accounts { facts.accounts[name] = .absent }
        for name in probe.units { facts.units[name] = .unknown("systemctl said nothing of \(name)") }
    }

    private mutating func read(_ section: Section, next: Section?) {
        switch section.kind {
        case "system": readSystem(section.body)
        case "stat": readStat(section.body)
        case "sha256": readDigests(section.body)
        case "content":
            facts.contents[section.key] = content(of: section, next: next)
        case "missing": facts.contents[section.key] = .absent
        case "packages": readPackages(section.body)
        case "units": readUnits(section.body)
        case "accounts": readAccounts(section.body)
        case "command": readCommand(section, status: next)
        default: server.read(kind: section.kind, key: section.key, body: section.body)
        }
    }

    private func content(of section: Section, next: Section?) -> Reading<String> {
        if next?.kind == "failed" { return .unknown("\(section.key) could not be read") }
        guard let text = section.text else { return .unknown("\(section.key) is no text in UTF-8") }
        return .present(text)
    }

    private mutating func readSystem(_ body: String) {
        for line in body.split(separator: "\n") {
            let pair = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { continue }
            let value = String(pair[1])
            switch pair[0] {
            case "id": facts.system.distribution = value
            case "codename": facts.system.codename = value
            case "hostname": facts.system.hostName = value
            case "boot": facts.system.bootID = value
            case "memory": facts.system.memoryBytes = (Int(value) ?? 0) * 1024
            case "systemd": facts.system.hasSystemd = true
            case "uid": facts.system.isRoot = value.split(separator: "\t").first == "0"
            default: break
            }
        }
    }

    private mutating func readStat(_ body: String) {
        for line in body.split(separator: "\n") {
            let fields = line.split(separator: "|", maxSplits: 6, omittingEmptySubsequences: false)
            guard fields.count == 7 else {
                if !line.hasSuffix("No such file or directory") { markUnknown(line) }
                continue
            }
            let kind: FileFacts.Kind =
                switch fields[0] {
                case "regular file", "regular empty file": .regular
                case "directory": .directory
                case "symbolic link": .link
                default: .other
                }
            let mode = String(repeating: "0", count: max(0, 4 - fields[1].count)) + fields[1]
            facts.files[String(fields[6])] = .present(
                FileFacts(
                    kind: kind, mode: mode, owner: String(fields[2]), group: String(fields[3]),
                    size: Int(fields[4]) ?? 0, modified: Double(fields[5]) ?? 0))
        }
    }

    /// `stat: cannot statx '/x/y': Permission denied`; words that name no path may mean any of them.
    private mutating func markUnknown(_ line: Substring) {
        let named = probe.files.filter { line.contains("'\($0)'") || line.contains("\"\($0)\"") }
        for path in named.isEmpty ? probe.files : named where facts.file(path).value == nil {
            facts.files[path] = .unknown(String(line))
        }
    }

    private mutating func readDigests(_ body: String) {
        for line in body.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].count == 64 else { continue }
            let path = String(parts[1].drop { $0 == " " || $0 == "*" })
            guard case .present(var file)? = facts.files[path], file.kind == .regular else { continue }
            file.sha256 = String(parts[0])
            facts.files[path] = .present(file)
        }
    }

    private mutating func readPackages(_ body: String) {
        for line in body.split(separator: "\n") {
            let fields = line.split(separator: "|", omittingEmptySubsequences: false)
            if fields.count == 3 {
                if fields[1] == "installed" { facts.packages[String(fields[0])] = .present(String(fields[2])) }
            } else if !line.contains("no packages found matching") {
                for name in probe.packages { facts.packages[name] = .unknown(String(line)) }
                return
            }
        }
    }

    private mutating func readUnits(_ body: String) {
        var values: [Substring: Substring] = [:]
        for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
            let pair = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { values[pair[0]] = pair[1] }
            guard line.isEmpty else { continue }
            keep(values)
            values = [:]
        }
        keep(values)
    }

    private mutating func keep(_ values: [Substring: Substring]) {
        guard let id = values["Id"].map(String.init), let load = values["LoadState"] else { return }
        facts.units[id] =
            load == "not-found"
            ? .absent
            : .present(
                UnitFacts(
                    activeState: String(values["ActiveState"] ?? ""),
                    unitFileState: String(values["UnitFileState"] ?? ""),
                    needsReload: values["NeedDaemonReload"] == "yes"))
    }

    private mutating func readAccounts(_ body: String) {
        for line in body.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 7, let uid = Int(fields[2]), let gid = Int(fields[3]) else {
                // 2: one or more names are not there. Anything else: the tool itself failed.
                if line.hasPrefix("status="), line != "status=0", line != "status=2" {
                    for name in probe.accounts { facts.accounts[name] = .unknown("getent failed") }
                }
                continue
            }
            facts.accounts[fields[0]] = .present(AccountFacts(uid: uid, gid: gid, home: fields[5], shell: fields[6]))
        }
    }

    private mutating func readCommand(_ section: Section, status: Section?) {
        guard let status, status.kind == "status" else { return }
        if status.key != "0" {
            facts.commands[section.key] = .unknown("`\(section.key)` failed with status \(status.key)")
        } else {
            facts.commands[section.key] = section.body.isEmpty ? .absent : .present(section.body)
        }
    }
}
