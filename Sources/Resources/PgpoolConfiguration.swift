/// The settings of a pgpool.conf, by name.
package struct PgpoolConfiguration {
    private let values: [String: String]

    /// As kumki writes it: a setting a line.
    package init(_ text: String) {
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            let name = line[..<equals].filter { $0 != " " }
            values[String(name)] = String(line[line.index(after: equals)...].drop { $0 == " " })
        }
        self.values = values
    }

    /// The names of settings that differ, or that only one of both has.
    func difference(from other: PgpoolConfiguration) -> [String] {
        Set(values.keys).union(other.values.keys).filter { values[$0] != other.values[$0] }.sorted()
    }

    /// The values of `NAME0`, `NAME1` and so on by their number, without quotes.
    package func numbered(_ name: String) -> [Int: String] {
        var numbered: [Int: String] = [:]
        for (key, value) in values where key.hasPrefix(name) {
            guard let number = Int(key.dropFirst(name.count)) else { continue }
            numbered[number] = value.filter { $0 != "'" }
        }
        return numbered
    }
}
