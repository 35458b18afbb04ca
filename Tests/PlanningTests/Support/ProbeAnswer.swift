import Blueprint
import Diagnostics
import FoundationEssentials
import Graph
import Hosts
import Inventory
import Planning
import PostgreSQL
import Resources

/// What a probe's script prints on one machine, in the script's own form.
struct ProbeAnswer {
    let machine: SimulatedMachine
    let state: SimulatedCluster.State

    private var location: ServerLocation { ServerLocation(state.inventory) }

    func text(for script: String) -> String {
        var lines = [
            "", "\(SimulatedCluster.boundary) system ", "id=debian", "hostname=\(machine.name)", "systemd=yes", "uid=0",
        ]
        func section(_ head: String, _ body: [String] = []) {
            lines += ["", "\(SimulatedCluster.boundary) \(head)"] + body
        }
        let files = machine.files.sorted { $0.key < $1.key }
        section("stat ", files.map { Self.stat($0.key, $0.value) })
        section("sha256 ", files.map { "\(SHA256.hexDigest($0.value.content))  \($0.key)" })
        for path in asked(in: script, before: "if [ -e ", after: " ]; then s content") {
            if let file = machine.files[path] {
                lines += ["", "\(SimulatedCluster.boundary) content \(path)"]
                lines.append(file.content + "\u{1}")
            } else {
                section("missing \(path)")
            }
        }
        let packages = machine.packages.sorted().map { ($0, $0 == PgpoolPackage.name ? "4.3.5" : "1") }
        section("packages ", packages.map { "\($0.0)|installed|\($0.1)" })
        section("units ", units(script))
        section(
            "accounts ", machine.accounts.sorted().map { "\($0):x:0:0::/var/lib/postgresql:/bin/sh" } + ["status=2"])
        if script.contains("s server\n") { lines += server(Self.settingsAsked(in: script)) }
        for line in script.split(separator: "\n") where line.hasPrefix("s command ") {
            let name = line.dropFirst("s command ".count).split(separator: ";")[0].drop { $0 == "'" }
            let command = name.hasSuffix("'") ? String(name.dropLast()) : String(name)
            section("command \(command)", self.command(command).map { [$0] } ?? [])
            section("status 0")
        }
        section("end \n")
        // A content's own end is right before the newline of the next boundary.
        return lines.joined(separator: "\n").split(separator: "\u{1}\n", omittingEmptySubsequences: false)
            .joined(separator: "\n").split(separator: "\u{1}", omittingEmptySubsequences: false).joined()
    }

    private static func stat(_ path: String, _ file: SimulatedMachine.File) -> String {
        let kind = file.isDirectory ? "directory" : "regular file"
        return
            "\(kind)|\(Int(file.mode) ?? 0)|\(file.owner)|\(file.group)|\(file.content.utf8.count)|\(file.modified)|\(path)"
    }

    private func asked(in script: String, before: String, after: String) -> [String] {
        script.split(separator: "\n").compactMap { line in
            guard line.hasPrefix(before), let end = line.firstRange(of: after) else { return nil }
            return String(line.dropFirst(before.count)[..<end.lowerBound])
        }
    }

    private func units(_ script: String) -> [String] {
        guard let line = script.split(separator: "\n").first(where: { $0.hasPrefix("systemctl show") }) else {
            return []
        }
        return line.split(separator: " ").filter { $0.hasSuffix(".service") }.flatMap { name -> [String] in
            guard let isEnabled = machine.units[String(name)] else { return ["Id=\(name)", "LoadState=not-found", ""] }
            return [
                "Id=\(name)", "LoadState=loaded",
                "ActiveState=\(machine.active.contains(String(name)) ? "active" : "inactive")",
                "UnitFileState=\(isEnabled ? "enabled" : "disabled")", "",
            ]
        }
    }

    private func command(_ name: String) -> String? {
        if name.hasPrefix("listener") {
            return machine.hasForeignListener || machine.server?.isRunning == true ? " 0: 0100007F:1538" : nil
        }
        let record = Record.path(cluster: state.inventory.cluster)
        guard name == "recorded data directories", machine.server != nil, let text = machine.files[record]?.content
        else { return nil }
        let entry = text.split(separator: "\n").first { $0.hasPrefix("server ") }
        return entry.map { "\(machine.server?.dataVersion ?? "") \($0.dropFirst("server ".count))" }
    }

    // MARK: The server

    private func server(_ asked: [String]) -> [String] {
        let boundary = SimulatedCluster.boundary
        var lines = ["", "\(boundary) server "]
        guard let server = machine.server else {
            return machine.hasForeignData ? lines + ["foreign=yes"] : lines
        }
        lines.append("version=\(server.dataVersion)")
        if machine.files[location.signalFile] != nil { lines.append("signal=standby") }
        if let marker = server.marker { lines.append("marker=\(marker)") }
        if server.isRunning { lines += ["pid=812", "port=\(server.port)"] }
        lines += ["", "\(boundary) control ", server.controlText]
        lines += ["", "\(boundary) auto ", machine.files[location.autoConfFile]?.content ?? ""]
        if let recovery = machine.files[location.recoveryFile]?.content {
            lines += ["", "\(boundary) recovery ", recovery]
        }
        if let history = server.history {
            lines += ["", "\(boundary) history 0000000\(server.timeline).history", history]
        }
        if server.isRunning {
            lines += ["", "\(boundary) sql "] + (server.isSilent ? [] : rows(server, asked)) + ["status=0"]
        }
        for (database, names) in state.catalog.extensions.sorted(by: { $0.key < $1.key }) where server.isRunning {
            lines += ["", "\(boundary) extensions \(database)"] + names.sorted() + ["status=0"]
        }
        return lines
    }

    private struct ServerRow: Encodable {
        var version: Int
        var recovery: Bool
        var identifier: String
        var timeline: Int
        var current: String?
        var received: String?
        var loaded: Double
        var started = 1.0
    }

    private func rows(_ server: SimulatedServer, _ asked: [String]) -> [String] {
        let row = ServerRow(
            version: server.version.number * 100, recovery: server.inRecovery, identifier: server.identifier,
            timeline: server.timeline, current: server.inRecovery ? nil : server.lsn.description,
            received: server.inRecovery ? server.lsn.description : nil, loaded: server.loaded)
        var rows = [
            json("server", row), json("settings", settings(server, asked)), json("roles", state.catalog.roles),
            json("databases", state.catalog.databases), json("slots", server.slots.values.sorted { $0.name < $1.name }),
            json("standbys", state.standbys(of: machine.name)), json("file-errors", [String]()),
            json("rewind-grants", state.catalog.rewindGrants.sorted()),
        ]
        if state.upstream(of: machine.name) != nil, let conninfo = server.live["primary_conninfo"]?.value {
            rows.append(json("receiver", LiveReceiver(status: "streaming", conninfo: conninfo, timeline: 1)))
        }
        return rows
    }

    private func settings(_ server: SimulatedServer, _ asked: [String]) -> [String: LiveSetting] {
        var settings: [String: LiveSetting] = [:]
        for name in Set(asked).union(server.live.keys) {
            let definition = SettingCatalog.for(server.version).definition(name)
            let held = server.live[name]
            settings[name] = LiveSetting(
                setting: held?.value ?? definition?.defaultValue ?? "",
                context: definition?.context.rawValue ?? "sighup",
                source: held == nil ? "default" : "configuration file", sourceFile: held?.file,
                bootValue: definition?.defaultValue)
        }
        return settings
    }

    private static func settingsAsked(in script: String) -> [String] {
        guard let start = script.firstRange(of: "OR lower(s.name) = ANY (ARRAY["),
            let end = script[start.upperBound...].firstRange(of: "]")
        else { return [] }
        return script[start.upperBound..<end.lowerBound].split(separator: ",").map { String($0.dropFirst().dropLast()) }
    }

    private func json(_ word: String, _ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = (try? encoder.encode(value)) ?? Data()
        return "\(word)\t\(String(decoding: data, as: UTF8.self))"
    }
}

extension SimulatedCluster.State {
    /// The host that a standby streams from now; nil where it doesn't.
    func upstream(of host: String) -> String? {
        guard let server = machines[host]?.server, server.isRunning, server.inRecovery,
            let conninfo = server.live["primary_conninfo"]?.value,
            let parsed = try? Conninfo(parsing: conninfo), let address = parsed["host"],
            let upstream = machines.values.first(where: { $0.address == address }),
            !unreachable.contains(upstream.name),
            let source = upstream.server, source.isRunning, source.identifier == server.identifier
        else { return nil }
        if let slot = server.live["primary_slot_name"]?.value, !slot.isEmpty, source.slots[slot] == nil { return nil }
        return upstream.name
    }

    func standbys(of host: String) -> [LiveStandby] {
        machines.keys.sorted().filter { upstream(of: $0) == host }.map { LiveStandby(applicationName: $0) }
    }
}
