import Blueprint
import Diagnostics
import Inventory
import PostgreSQL
import Resources

/// The settings that somebody made and that kumki would not make by itself.
struct ImportedSettings {
    struct Setting: Hashable {
        var name: String
        var value: String
    }

    /// For all hosts, by name.
    private(set) var shared: [Setting] = []
    /// By host.
    private(set) var own: [String: [Setting]] = [:]
    /// Those that were left out, a line each with why.
    private(set) var omissions: [String] = []
    private(set) var warnings: [Diagnostic] = []

    private let cluster: ImportedCluster
    private let standard: [String: String]

    /// - Parameter inventory: the same cluster without any settings: what kumki would make of it.
    init(_ cluster: ImportedCluster, _ inventory: Inventory) {
        self.cluster = cluster
        let design = Design(
            inventory: inventory, primary: inventory.bornPrimary?.name ?? "", facts: nil,
            templates: BuiltInFolder(.templates), secrets: .placeholders)
        standard = inventory.bornPrimary.map { ServerSettings(design, $0).values } ?? [:]
        for name in Set(cluster.members.flatMap { $0.host.live.settings.keys }).sorted() { take(name) }
        noteForeignSources()
    }

    private var version: PostgresVersion { cluster.version }

    /// Set in a configuration file, or on the command line that starts the server.
    private func explicit(_ name: String, on member: ImportedCluster.Member) -> LiveSetting? {
        guard let found = member.host.live.settings[name], found.setting != nil, found.context != "internal",
            ["configuration file", "command line"].contains(found.source)
        else { return nil }
        return found
    }

    // MARK: One setting

    private mutating func take(_ name: String) {
        let holders = cluster.members.filter { explicit(name, on: $0) != nil }
        if holders.isEmpty || isLeftOut(name) { return }
        if version.hotStandbySettings.contains(name), takeHighest(name) { return }
        if holders.allSatisfy({ isStandard(name, on: $0) }) { return }
        let values = cluster.members.map { explicit(name, on: $0)?.shown }
        if let value = values[cluster.primary], values.allSatisfy({ $0 == value }) {
            shared.append(Setting(name: name, value: value))
            return
        }
        // What some hosts lack stays with those that have it.
        let common = values.allSatisfy { $0 != nil } ? values[cluster.primary] : nil
        if let common { shared.append(Setting(name: name, value: common)) }
        for (member, value) in zip(cluster.members, values) {
            if let value, value != common { own[member.name, default: []].append(Setting(name: name, value: value)) }
        }
    }

    /// What kumki sets by itself, or PostgreSQL where kumki sets nothing.
    private func isStandard(_ name: String, on member: ImportedCluster.Member) -> Bool {
        guard let found = explicit(name, on: member) else { return true }
        if let value = standard[name] { return found.holds(value, as: name, version: version) }
        return found.setting == found.bootValue
    }

    /// Whether the setting has no place in an inventory's `settings`; what is lost by that is told.
    private mutating func isLeftOut(_ name: String) -> Bool {
        // Words of their own in the inventory, or of no meaning beside kumki's.
        if ["cluster_name", "recovery_min_apply_delay", "hot_standby"].contains(name) { return true }
        if ManagedLiveSettings.names.contains(name) { return true }
        let found = cluster.members.compactMap { explicit(name, on: $0) }
        if name == "unix_socket_directories" { return !found.allSatisfy(\.listensWhereKumkiLooks) }
        if name == "recovery_target_timeline", found.allSatisfy({ $0.setting == "latest" }) { return true }
        if name == "restore_command" {
            omit(
                name, "an inventory knows an archive only by its directory",
                hint: "write `replication: {archive: {directory: …, shared: true}}` if every host sees it")
            return true
        }
        if let owner = OwnedSettings.owner(of: name, archive: false) {
            if OwnedSettings.isAboutPlaces(name) { return true }
            omit(name, owner, hint: "`apply` takes it out of the server's files")
            return true
        }
        return isUnwritable(name, found) || isTooFew(name, found)
    }

    private mutating func isUnwritable(_ name: String, _ found: [LiveSetting]) -> Bool {
        let values = found.map(\.shown)
        if Secret.isNamed(byKey: name) || values.contains(where: { $0.lowercased().contains("password=") }) {
            omit(
                name, "it holds a password",
                hint:
                    "move that into a file, then write the setting here, or `apply` sets \(standard[name] ?? "the default")"
            )
            return true
        }
        let problems = values.compactMap { SettingCatalog.check(name: name, value: $0, version: version) }
        if let problem = problems.first {
            omit(name, problem.message, hint: problem.hint)
            return true
        }
        if values.contains(where: { $0.unicodeScalars.contains { $0.value < 0x20 } }) {
            omit(name, "its value holds a line break", hint: "write it on one line")
            return true
        }
        return false
    }

    /// Room for the standbys that there are and a base backup; kumki's own value has it.
    private mutating func isTooFew(_ name: String, _ found: [LiveSetting]) -> Bool {
        let standbys = cluster.standbys.count
        let least = ["max_wal_senders": standbys + 1, "max_replication_slots": standbys][name]
        guard let least, found.contains(where: { ($0.setting.flatMap { Int($0) } ?? .max) < least }) else {
            return false
        }
        omit(
            name, "less than \(least) is too few for these hosts",
            hint: "`apply` sets \(standard[name] ?? "more"); write another value if you want one")
        return true
    }

    // MARK: Settings that a standby must not have below its primary's

    /// Any host may be primary one day, so that all need the highest value that one of them has.
    ///
    /// - Returns: false where all hosts have one value.
    private mutating func takeHighest(_ name: String) -> Bool {
        let values = cluster.members.compactMap { member -> Int? in
            let found = member.host.live.settings[name]?.setting
            return (explicit(name, on: member) == nil ? standard[name] ?? found : found).flatMap { Int($0) }
        }
        guard values.count == cluster.members.count, let highest = values.max(), values.min() != highest else {
            return false
        }
        if standard[name] != String(highest) { shared.append(Setting(name: name, value: String(highest))) }
        let listed = zip(cluster.members, values).map { "\($0.name) \($1)" }.joined(separator: ", ")
        warn(
            "\(name) differs (\(listed)): \(highest) is written for all, since a standby with less than its primary stops",
            hint: "a lower value must be the same on every host that may be primary")
        return true
    }

    // MARK: Where values come from

    private mutating func noteForeignSources() {
        var isFromCommandLine: [String: [String]] = [:]
        var waits: [String: [String]] = [:]
        for member in cluster.members {
            for (name, found) in member.host.live.settings {
                let isPlace = OwnedSettings.isAboutPlaces(name)
                if found.source == "command line", !isPlace { isFromCommandLine[member.name, default: []].append(name) }
                if found.pendingRestart { waits[member.name, default: []].append(name) }
            }
        }
        for (host, names) in isFromCommandLine.sorted(by: { $0.key < $1.key }) {
            warn(
                "\(host) gets \(names.sorted().joined(separator: ", ")) on the command line of its server, which wins over postgresql.conf",
                hint: "take it out of the unit or script that starts the server: the inventory has it now")
        }
        for (host, names) in waits.sorted(by: { $0.key < $1.key }) {
            warn(
                "\(host) waits for a restart with a new \(names.sorted().joined(separator: ", ")): the value that runs is written",
                hint: "write the new value if you want it")
        }
    }

    private mutating func omit(_ name: String, _ why: String, hint: String?) {
        omissions.append("left out: \(name), \(why)")
        warn("\(name) is left out: \(why)", hint: hint)
    }

    private mutating func warn(_ message: String, hint: String?) {
        warnings.append(.warning("import.setting", message, hint: hint))
    }
}

extension LiveSetting {
    /// Whether kumki's sessions find the server where they look for its socket.
    fileprivate var listensWhereKumkiLooks: Bool {
        (setting ?? "").split(separator: ",").contains { folder in
            let folder = String(folder.drop { $0 == " " }.filter { $0 != "\"" && $0 != " " })
            return folder == "/var/run/postgresql" || folder == "/run/postgresql"
        }
    }
}
