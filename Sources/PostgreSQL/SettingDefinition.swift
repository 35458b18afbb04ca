/// When a setting may change, PostgreSQL's own words.
///
/// - Source: PostgreSQL documentation, "pg_settings".
package enum SettingContext: String, CaseIterable, Hashable, Sendable {
    case `internal`, postmaster, sighup
    case superuserBackend = "superuser-backend"
    case backend, superuser, user
    /// A line of recovery.conf, below 12.
    case recoveryFile = "recovery.conf"

    package enum Effect: String, Hashable, Sendable {
        /// Can't be changed at all.
        case fixed
        case reload
        case restart
    }

    /// What makes a change in the configuration file take effect.
    package var effect: Effect {
        switch self {
        case .internal: .fixed
        case .postmaster, .recoveryFile: .restart
        case .sighup, .superuserBackend, .backend, .superuser, .user: .reload
        }
    }
}

/// A setting as one version of PostgreSQL knows it.
package struct SettingDefinition: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case bool
        /// Limits are in the unit; a unit can be a multiple: `8kB`.
        case integer(unit: SettingUnit?, range: ClosedRange<Int>)
        case real(unit: SettingUnit?, range: ClosedRange<Double>)
        case string
        case enumeration
    }

    /// As the server writes it: `DateStyle`.
    package var name: String
    package var version: PostgresVersion
    package var context: SettingContext
    package var kind: Kind
    /// Of an enumeration, as the server lists them; empty for any other kind.
    package var words: [String]
    /// Before any configuration file is read; nil where the server computes it.
    package var defaultValue: String?

    /// Whether it belongs in recovery.conf, below 12, and not in postgresql.conf.
    package var isInRecoveryFile: Bool { context == .recoveryFile }
}

extension SettingDefinition {
    /// Whether two spellings set the same: `on` and `true`, `1GB` and `1024MB`.
    package func isSame(_ one: String, _ other: String) -> Bool {
        if one == other { return true }
        guard let one = normalized(one), let other = normalized(other) else { return false }
        return one == other
    }

    /// The value as the server understands it; nil where it would refuse the spelling. Limits are not looked at.
    package func normalized(_ value: String) -> SettingValue? {
        switch kind {
        case .bool: SettingValue.Reader.bool(value).map(SettingValue.bool)
        case .integer(let unit, _): SettingValue.Reader(version: version, unit: unit).integer(value)
        case .real(let unit, _): SettingValue.Reader(version: version, unit: unit).real(value)
        case .string: .text(value)
        case .enumeration: enumerated(value).map(SettingValue.text)
        }
    }

    private func enumerated(_ value: String) -> String? {
        let folded = value.asciiLowercased
        // Of two words that mean the same the server shows the first.
        if name == "wal_compression", Self.wordsForOn.contains(folded) { return "pglz" }
        if let plain = words.first(where: { $0.asciiLowercased == folded }) { return plain }
        return unlisted(folded)
    }

    /// Spellings that the server takes and does not list.
    private func unlisted(_ word: String) -> String? {
        let isOn = Self.wordsForOn.contains(word)
        if name == "password_encryption" { return isOn && version < .v14 ? "md5" : nil }
        if Self.formerBooleans.contains(name) {
            return isOn ? "on" : ["false", "no", "0"].contains(word) ? "off" : nil
        }
        switch word {
        case "archive", "hot_standby": return name == "wal_level" ? "replica" : nil
        case "debug": return words.contains("debug2") ? "debug2" : nil
        case "info": return name == "client_min_messages" ? "info" : nil
        default: return nil
        }
    }

    /// What an enumeration takes where it was or is a boolean too; it knows no shorter forms.
    private static let wordsForOn: Set<String> = ["on", "true", "yes", "1"]

    private static let formerBooleans: Set<String> = [
        "backslash_quote", "compute_query_id", "constraint_exclusion", "debug_parallel_query", "force_parallel_mode",
        "huge_pages", "recovery_prefetch", "synchronous_commit", "wal_compression",
    ]
}
