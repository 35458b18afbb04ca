package import Diagnostics

/// The settings of one version of PostgreSQL.
package struct SettingCatalog: Sendable {
    package let version: PostgresVersion
    /// Sorted by name.
    package let all: [SettingDefinition]
    private let definitions: [String: SettingDefinition]

    private init(version: PostgresVersion, definitions: [String: SettingDefinition]) {
        self.version = version
        self.definitions = definitions
        all = definitions.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Read once for each version, when first asked for.
    package static func `for`(_ version: PostgresVersion) -> SettingCatalog {
        catalogs[PostgresVersion.supported.firstIndex(of: version) ?? 0]
    }

    /// By name, in either case.
    package func definition(_ name: String) -> SettingDefinition? {
        definitions[name.asciiLowercased]
    }

    /// What the server would not accept of a setting in its configuration file, without a place.
    ///
    /// A name with a dot belongs to an extension and is accepted unseen.
    package static func check(name: String, value: String, version: PostgresVersion) -> Diagnostic? {
        if name.utf8.contains(UInt8(ascii: ".")) {
            do throws(Diagnostic) {
                _ = try ConfigurationFile.checked(name)
                return nil
            } catch {
                return error
            }
        }
        let catalog = SettingCatalog.for(version)
        guard let definition = catalog.definition(name) else { return catalog.absence(of: name) }
        if definition.context == .internal || notInFile.contains(definition.name) {
            return .error(
                "setting.read-only", "\(name) can't be set in a configuration file", hint: "take the setting out")
        }
        return definition.problem(with: value)
    }

    /// They hold for a transaction, or say where the file itself is.
    private static let notInFile: Set<String> = [
        "config_file", "transaction_deferrable", "transaction_isolation", "transaction_read_only",
    ]

    private static let catalogs: [SettingCatalog] = read()

    private static func read() -> [SettingCatalog] {
        var definitions = Array(repeating: [String: SettingDefinition](), count: PostgresVersion.supported.count)
        for record in SettingTable.records() {
            let fields = record.split(separator: "|", omittingEmptySubsequences: false)
            guard fields.count >= 4, let versions = versions(fields[1]),
                let context = SettingContext(rawValue: String(fields[2])), let kind = kind(fields[3])
            else { preconditionFailure("a record of SettingTable is malformed: \(record)") }
            for index in versions {
                definitions[index][String(fields[0]).asciiLowercased] = SettingDefinition(
                    name: String(fields[0]), version: PostgresVersion.supported[index], context: context, kind: kind,
                    words: kind == .enumeration ? words(fields[3]) : [],
                    defaultValue: fields.count > 4 ? String(fields[4]) : nil)
            }
        }
        return zip(PostgresVersion.supported, definitions).map { SettingCatalog(version: $0, definitions: $1) }
    }

    /// `9.6-12`, `13-`, `15`.
    private static func versions(_ text: Substring) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { end in
            PostgresVersion.supported.firstIndex { $0.rawValue == end }
        }
        guard let first = ends.first ?? nil else { return nil }
        return first...(ends.count == 1 ? first : ends[1] ?? PostgresVersion.supported.count - 1)
    }

    private static func words(_ text: Substring) -> [String] {
        text.dropFirst("enum:".count).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    private static func kind(_ text: Substring) -> SettingDefinition.Kind? {
        let parts = text.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
        switch parts[0] {
        case "bool": return .bool
        case "string": return .string
        case "enum" where parts.count == 2: return .enumeration
        case "int" where parts.count == 4:
            guard let low = Int(parts[2]), let high = Int(parts[3]), low <= high else { return nil }
            return .integer(unit: SettingUnit(rawValue: String(parts[1])), range: low...high)
        case "real" where parts.count == 4:
            guard let low = Double(parts[2]), let high = Double(parts[3]), low <= high else { return nil }
            return .real(unit: SettingUnit(rawValue: String(parts[1])), range: low...high)
        default: return nil
        }
    }
}
