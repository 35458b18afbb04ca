import Blueprint
import Diagnostics
import Graph
import Hosts
import Inventory
import Planning
import PostgreSQL
import Resources

/// What a step's script does to a simulated cluster.
struct StepEffect {
    let host: String
    private let location: ServerLocation

    init(state: SimulatedCluster.State, host: String) {
        self.host = host
        location = ServerLocation(state.inventory)
    }

    /// The script's last words when it fails.
    func carryOut(_ resource: any Resource, _ script: String, _ state: inout SimulatedCluster.State) -> String? {
        guard var machine = state.machines[host] else { return "no such machine" }
        machine.clock = state.clock
        defer { state.replay() }
        switch resource {
        case let resource as Streaming:
            return state.upstream(of: host) == resource.upstream ? nil : "no WAL comes from \(resource.upstream)"
        case let resource as BaseBackup:
            if let words = copy(from: resource, state, to: &machine) { return words }
        case is Initdb:
            machine.server = SimulatedServer(
                version: location.version, dataVersion: location.version.description, identifier: "7300000000000000001")
            machine.write(location.autoConfFile, "", mode: "0600", owner: "postgres")
        case is ServerStart, is ServerRestart: load(&machine, all: true)
        case is ServerReload: load(&machine, all: false)
        case is ServerStop: machine.server?.isRunning = false
        case is SynchronousNames where machine.server?.inRecovery == false && state.standbys(of: host).isEmpty:
            return "nobody streams: every commit would wait"
        case let resource as SynchronousNames: alter(resource.name, resource.value, &machine)
        case let resource as LiveSettingInAutoConf where machine.server?.isRunning == true:
            alter(resource.setting, resource.value, &machine)
        case let resource as AutoConfOverrides where machine.server?.isRunning == true:
            let names = ConfigurationFile(parsing: machine.files[location.autoConfFile]?.content ?? "", name: "")
                .settings
            for name in names.map(\.name) where resource.declared.contains(name) { alter(name, nil, &machine) }
        case let resource as Attached:
            alter("primary_conninfo", resource.conninfo, &machine)
            alter("primary_slot_name", resource.slot ?? "", &machine)
            if machine.server?.isRunning == true { load(&machine, all: location.version < .v13) }
        case let resource as HostMark:
            let path = HostMark.path(resource.kind, cluster: resource.cluster)
            machine.files[path] = nil
            if resource.state == .present { machine.write(path, "2026-11-21T22:29:09Z\n", mode: "0600") }
        case let resource as Slot:
            machine.server?.slots[resource.slot] =
                resource.state == .present ? LiveSlot(name: resource.slot, walStatus: "reserved") : nil
        default:
            if carryOutInCatalog(resource, &state.catalog) { break }
            if let purged = resource as? Purged {
                machine.server = nil
                machine.files[Record.path(cluster: purged.cluster)] = nil
            }
            if resource is Retired { machine.server?.isRunning = false }
            carryOutInSystem(resource, &machine)
            for (path, file) in FileWritings(script, clock: machine.clock).files { machine.files[path] = file }
            carryOutInPool(resource, &machine)
        }
        state.machines[host] = machine
        return nil
    }

    private func carryOutInCatalog(_ resource: any Resource, _ catalog: inout SimulatedCatalog) -> Bool {
        switch resource {
        case let resource as Role:
            var role = resource.attributes
            switch resource.password {
            case .verifier(let secret): role.verifier = secret.reveal()
            case .clear(let secret):
                let method: PasswordVerifier.Method = location.version < .v10 ? .md5 : .scramSHA256
                role.verifier = try? PasswordVerifier.secret(method, password: secret, user: resource.role).reveal()
            case nil: role.verifier = catalog.roles[resource.role]?.verifier
            }
            catalog.roles[resource.role] = resource.state == .present ? role : nil
        case let resource as RewindGrants:
            catalog.rewindGrants.formUnion(location.version.rewindFunctions.map { "\(resource.role) \($0)" })
        case let resource as Database:
            catalog.databases[resource.database] = LiveDatabase(owner: resource.owner ?? "postgres")
            catalog.extensions[resource.database, default: []].insert("plpgsql")
        case let resource as Extension:
            catalog.extensions[resource.database, default: []].insert(resource.extensionName)
        default: return false
        }
        return true
    }

    private func carryOutInSystem(_ resource: any Resource, _ machine: inout SimulatedMachine) {
        switch resource {
        case let resource as DistributionPackages:
            machine.packages.formUnion(resource.packages)
            machine.accounts.insert("postgres")
        case is ServerAccount: machine.accounts.insert("postgres")
        case let resource as ManagedFile where machine.files[resource.writing.path] != nil:
            machine.files[resource.writing.path]?.mode = resource.writing.mode
            machine.files[resource.writing.path]?.owner = resource.writing.owner
            machine.files[resource.writing.path]?.group = resource.writing.group
        case let resource as ManagedDirectory:
            machine.write(resource.path, "", mode: resource.mode, owner: resource.owner, group: resource.group)
            machine.files[resource.path]?.isDirectory = true
        case let resource as ServiceUnit: machine.units[resource.unit] = true
        case let resource as EnabledUnit: machine.units[resource.unit] = true
        case let resource as KeyPair:
            machine.write(resource.privateFile, "private", mode: "0600", owner: "postgres")
            machine.write(resource.publicFile, "ssh-ed25519 KEY\(machine.name) postgres@\(machine.name)\n")
        case let resource as SourceBuild:
            machine.write("\(resource.prefix)/\(resource.product.program)", "program", mode: "0755")
            machine.write(resource.mark, resource.sha256 + "\n")
        default: break
        }
    }

    /// pgpool-II keeps a copy of what it was started with, and of what it read last.
    private func carryOutInPool(_ resource: any Resource, _ machine: inout SimulatedMachine) {
        func read(_ location: PgpoolLocation, into folder: String) {
            for (path, file) in machine.files where path.hasPrefix(location.configDirectory + "/") {
                machine.files[folder + path.dropFirst(location.configDirectory.count)] = file
            }
        }
        switch resource {
        case let resource as PgpoolPackage:
            machine.packages.formUnion(resource.probe.packages)
            machine.accounts.insert("postgres")
            machine.units["pgpool2.service"] = true
        case let resource as PgpoolStart:
            machine.units[resource.location.unit] = true
            machine.active.insert(resource.location.unit)
            read(resource.location, into: resource.location.startedDirectory)
            read(resource.location, into: resource.location.loadedDirectory)
        case let resource as PgpoolReload: read(resource.location, into: resource.location.loadedDirectory)
        case let resource as PgpoolHands: read(resource.location, into: resource.location.loadedDirectory)
        case let resource as PgpoolStop: machine.active.remove(resource.location.unit)
        case let resource as StoppedService:
            machine.units[resource.unit] = false
            machine.active.remove(resource.unit)
        case let resource as RunningService:
            machine.units[resource.unit] = true
            machine.active.insert(resource.unit)
        default: break
        }
    }

    private func copy(
        from resource: BaseBackup, _ state: SimulatedCluster.State, to machine: inout SimulatedMachine
    ) -> String? {
        guard let upstream = state.machines[resource.upstream], let source = upstream.server, source.isRunning else {
            return "the upstream does not run"
        }
        if let slot = resource.slot, source.slots[slot] == nil { return "the upstream has no slot \(slot)" }
        var server = source
        server.isRunning = false
        server.live = [:]
        server.slots = [:]
        machine.server = server
        let file = location.version < .v12 ? location.recoveryFile : location.autoConfFile
        machine.write(file, resource.standbyFile.revealed, mode: "0600", owner: "postgres")
        if location.version >= .v12 { machine.write(location.signalFile, "", mode: "0600", owner: "postgres") }
        return nil
    }

    /// Reads the files as a server does: all of them when it starts, what a reload may change when it reloads.
    private func load(_ machine: inout SimulatedMachine, all: Bool) {
        guard var server = machine.server else { return }
        var held: [String: (value: String, file: String)] = [:]
        for path in [location.configFile, location.autoConfFile] {
            let file = ConfigurationFile(parsing: machine.files[path]?.content ?? "", name: path)
            for setting in file.settings { held[setting.name] = (setting.value, path) }
        }
        if !all {
            let catalog = SettingCatalog.for(location.version)
            for name in Set(held.keys).union(server.live.keys)
            where catalog.definition(name)?.context.effect == .restart {
                held[name] = server.live[name]
            }
        }
        server.live = held
        server.loaded = machine.clock
        if all {
            server.isRunning = true
            server.isSilent = false
            server.inRecovery =
                machine.files[location.version < .v12 ? location.recoveryFile : location.signalFile] != nil
            server.port = Int(held["port"]?.value ?? "") ?? 5432
        }
        machine.server = server
    }

    private func alter(_ name: String, _ value: String?, _ machine: inout SimulatedMachine) {
        let text = machine.files[location.autoConfFile]?.content ?? ""
        let altered = (try? AutoConf.setting(name, to: value, in: text)) ?? text
        machine.write(location.autoConfFile, altered, mode: "0600", owner: "postgres")
    }
}

extension SimulatedCluster.State {
    /// A primary logs its hot-standby settings; the standbys that reach it take them over, delayed ones later.
    mutating func replay() {
        for (name, machine) in machines {
            guard var server = machine.server, server.isRunning, !server.inRecovery else { continue }
            for setting in server.control.keys {
                let standard = SettingCatalog.for(server.version).definition(setting)?.defaultValue
                if let value = Int(server.live[setting]?.value ?? standard ?? "") { server.control[setting] = value }
            }
            machines[name]?.server = server
            for other in inventory.databaseHosts where other.name != name && other.replication.applyDelay == nil {
                if upstream(of: other.name) != nil { machines[other.name]?.server?.control = server.control }
            }
        }
    }
}

/// The files that a script puts in place by ``FileWriting``.
struct FileWritings {
    private(set) var files: [String: SimulatedMachine.File] = [:]

    init(_ script: String, clock: Double) {
        var rest = script[...]
        while let start = rest.firstRange(of: "printf '%s' "), let word = Self.word(rest[start.upperBound...]) {
            rest = rest[word.end...]
            guard rest.hasPrefix(" >"), let close = rest.firstIndex(of: ")") else { continue }
            let temporary = rest[..<close].dropFirst(2)
            guard temporary.hasSuffix(".kumki-new") else { continue }
            let path = String(temporary.dropLast(".kumki-new".count))
            let lines = rest.split(separator: "\n")
            let owner = lines.first { $0.hasPrefix("chown -- ") }?.split(separator: " ")[2].split(separator: ":")
            let mode = lines.first { $0.hasPrefix("chmod ") }?.split(separator: " ")[1]
            files[path] = SimulatedMachine.File(
                content: word.text, mode: mode.map(String.init) ?? "", owner: owner.map { String($0[0]) } ?? "",
                group: owner.map { String($0[1]) } ?? "", modified: clock)
        }
    }

    /// A word in single quotes, `'\''` within it a quote.
    private static func word(_ text: Substring) -> (text: String, end: Substring.Index)? {
        guard text.first == "'" else { return nil }
        var result = ""
        var rest = text.dropFirst()
        while let quote = rest.firstIndex(of: "'") {
            result += rest[..<quote]
            guard rest[quote...].hasPrefix("'\\''") else { return (result, rest.index(after: quote)) }
            result += "'"
            rest = rest[quote...].dropFirst(4)
        }
        return nil
    }
}
