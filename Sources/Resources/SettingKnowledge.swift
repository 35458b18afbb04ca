import PostgreSQL

/// What comparing needs to know of a setting of one version.
struct SettingKnowledge {
    private let version: PostgresVersion

    init(_ version: PostgresVersion) { self.version = version }

    /// What makes a change take effect; a setting of an extension is read again by a reload.
    func effect(of name: String) -> Change.Effect { .reload }

    /// Whether both texts mean the same value, in whatever unit and spelling.
    func isSame(_ name: String, _ one: String, _ other: String) -> Bool { one == other }

    static func readable(_ setting: String, unit: String?) -> String { setting + (unit ?? "") }
}
