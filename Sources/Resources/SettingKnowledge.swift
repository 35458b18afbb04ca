import PostgreSQL

/// What comparing needs to know of a setting of one version.
struct SettingKnowledge {
    private let version: PostgresVersion

    init(_ version: PostgresVersion) {
        self.version = version
    }

    /// What makes a change take effect; a setting of an extension is read again by a reload.
    func effect(of name: String) -> Change.Effect {
        switch SettingCatalog.for(version).definition(name)?.context.effect {
        case .restart: .restart
        case .fixed: .none
        case .reload, nil: .reload
        }
    }

    /// Whether both texts mean the same value, in whatever unit and spelling.
    func isSame(_ name: String, _ one: String, _ other: String) -> Bool {
        if one == other { return true }
        if name == "primary_conninfo" { return ConninfoText.same(one, other) }
        return SettingCatalog.for(version).definition(name)?.isSame(one, other) ?? false
    }

    func isSame(_ difference: SettingDifference) -> Bool {
        guard let old = difference.old, let new = difference.new else { return false }
        return isSame(difference.name, old, new)
    }

    /// A value of pg_settings for eyes: `8192` of `8kB` is 64MB.
    static func readable(_ setting: String, unit: String?) -> String {
        guard let unit, let value = Int(setting), value > 0 else { return setting }
        let scales: [(unit: String, factor: Int)]
        switch unit {
        case "B", "kB", "8kB", "MB", "16MB":
            scales = [("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10), ("B", 1)]
        case "ms", "s", "min":
            scales = [("h", 3_600_000), ("min", 60_000), ("s", 1000), ("ms", 1)]
        default: return setting
        }
        let sizes = ["B": 1, "kB": 1 << 10, "8kB": 8 << 10, "MB": 1 << 20, "16MB": 16 << 20]
        let times = ["ms": 1, "s": 1000, "min": 60_000]
        let (total, overflow) = value.multipliedReportingOverflow(by: sizes[unit] ?? times[unit] ?? 1)
        guard !overflow, let scale = scales.first(where: { total % $0.factor == 0 }) else { return setting + unit }
        return "\(total / scale.factor)\(scale.unit)"
    }
}
