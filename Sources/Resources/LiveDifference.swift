package import PostgreSQL

/// What a running server holds otherwise than declared, parted by what it takes to change it.
struct LiveDifference {
    private(set) var reload: [SettingDifference] = []
    private(set) var restart: [SettingDifference] = []

    init(live: LiveServer, desired: [String: String], location: ServerLocation, isNarrow: Bool = false) {
        for (name, value) in desired.sorted(by: { $0.key < $1.key }) {
            guard let found = live.settings[name] else { continue }
            if !found.holds(value, as: name, version: location.version) {
                add(SettingDifference(name: name, old: found.shown, new: value), found)
            }
        }
        if isNarrow { return }
        // What our file no longer says, but the server still holds from it.
        for (name, found) in live.settings.sorted(by: { $0.key < $1.key }) where desired[name] == nil {
            guard found.source == "configuration file", found.sourceFile == location.configFile else { continue }
            if ManagedLiveSettings.names.contains(name) { continue }
            // PostgreSQL would ask for a restart even so, and nothing would change by it.
            if let standard = found.bootValue, found.setting == standard { continue }
            add(SettingDifference(name: name, old: found.shown, new: nil), found)
        }
    }

    private mutating func add(_ difference: SettingDifference, _ found: LiveSetting) {
        switch found.context {
        case "postmaster": restart.append(difference)
        case "internal": break
        default: reload.append(difference)
        }
    }
}

extension LiveSetting {
    /// Whether the server holds the value, written in whatever unit and spelling.
    package func holds(_ value: String, as name: String, version: PostgresVersion) -> Bool {
        guard let setting else { return false }
        if setting == value { return true }
        return SettingKnowledge(version).isSame(name, value, setting)
    }

    /// For eyes: with its unit.
    package var shown: String {
        guard let setting else { return "unset" }
        return SettingKnowledge.readable(setting, unit: unit)
    }
}
