package import Diagnostics

extension SettingDefinition {
    /// What is wrong with a value, without a place.
    package func problem(with value: String) -> Diagnostic? {
        if value.utf8.contains(0) { return .error("value.nul", "\(name) can't hold a NUL byte") }
        guard let normalized = normalized(value) else { return misspelling(value) }
        switch (kind, normalized) {
        case (.integer(let unit, let range), .integer(let number)) where !range.contains(number):
            return outside(value, unit, low: range.lowerBound.description, high: range.upperBound.description)
        case (.real(let unit, let range), .real(let number)) where !range.contains(number.value):
            return outside(value, unit, low: "\(range.lowerBound)", high: "\(range.upperBound)")
        default: return nil
        }
    }

    private func outside(_ value: String, _ unit: SettingUnit?, low: String, high: String) -> Diagnostic {
        let unit = unit.map { " (\($0.rawValue))" } ?? ""
        return .error(
            "setting.range", "\(name) can't be \(value)", hint: "choose a value from \(low) to \(high)\(unit)")
    }

    private func misspelling(_ value: String) -> Diagnostic {
        let shown = value.isEmpty ? "empty" : "\"\(value)\""
        switch kind {
        case .bool:
            return .error("setting.value", "\(name) can't be \(shown)", hint: "write on or off")
        case .enumeration:
            return .error(
                "setting.value", "\(name) can't be \(shown)",
                hint: "write one of \(words.map { $0.isEmpty ? "''" : $0 }.joined(separator: ", "))")
        case .integer(let unit, _), .real(let unit, _):
            guard let unit else {
                return .error("setting.value", "\(name) can't be \(shown)", hint: "write a number without a unit")
            }
            let units = unit.accepted(version: version).map(\.name).joined(separator: ", ")
            return .error(
                "setting.unit", "\(name) can't be \(shown)",
                hint: "write a number with one of the units \(units); a plain number is in \(unit.rawValue)")
        case .string:
            return .error("setting.value", "\(name) can't be \(shown)")
        }
    }
}
