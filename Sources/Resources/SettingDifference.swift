import PostgreSQL

/// One setting that two configuration texts disagree on.
package struct SettingDifference: Hashable, Sendable, CustomStringConvertible {
    package var name: String
    package var old: String?
    package var new: String?

    package init(name: String, old: String?, new: String?) {
        self.name = name
        self.old = old
        self.new = new
    }

    package var description: String {
        if name == "primary_conninfo" {
            if let old, let new, let words = ConninfoText.difference(old, new) { return "\(name): \(words)" }
            let (old, new) = (old.map(ConninfoText.masked), new.map(ConninfoText.masked))
            return "\(name) \(old.map(Self.shown) ?? "default") -> \(new.map(Self.shown) ?? "default")"
        }
        return "\(name) \(old.map(Self.shown) ?? "default") -> \(new.map(Self.shown) ?? "default")"
    }

    private static func shown(_ value: String) -> String {
        value.isEmpty ? "''" : value
    }

    /// In the order of the new text, what it lacks behind. Of a setting's lines the last one counts.
    package static func between(_ old: String, _ new: String) -> [SettingDifference] {
        let before = ConfigurationFile(parsing: old).settings
        let after = ConfigurationFile(parsing: new).settings
        var differences: [SettingDifference] = []
        for setting in after {
            let there = before.last { $0.name == setting.name }?.value
            if there == setting.value { continue }
            differences.append(SettingDifference(name: setting.name, old: there, new: setting.value))
        }
        var seen = Set(after.map(\.name))
        for setting in before where seen.insert(setting.name).inserted {
            let there = before.last { $0.name == setting.name }?.value
            differences.append(SettingDifference(name: setting.name, old: there, new: nil))
        }
        return differences
    }
}
