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
        "\(name) \(old.map(Self.shown) ?? "default") -> \(new.map(Self.shown) ?? "default")"
    }

    private static func shown(_ value: String) -> String {
        value.isEmpty ? "''" : value
    }

    /// In the order of the new text, what it lacks behind.
    package static func between(_ old: String, _ new: String, ignoring: Set<String> = []) -> [SettingDifference] {
        let before = ConfigurationFile.values(in: old)
        let after = ConfigurationFile.values(in: new)
        var differences: [SettingDifference] = []
        for (name, value) in after where !ignoring.contains(name) {
            let there = before.last { $0.name == name }?.value
            if there != value { differences.append(SettingDifference(name: name, old: there, new: value)) }
        }
        var seen = Set(after.map(\.name))
        for (name, value) in before where !ignoring.contains(name) && seen.insert(name).inserted {
            differences.append(SettingDifference(name: name, old: value, new: nil))
        }
        return differences
    }
}
