package import PostgreSQL

extension Duration {
    /// Reads `500ms`, `10s`, `2min`, `1h`, `7d`; a bare `0` needs no unit.
    ///
    /// - Source: PostgreSQL documentation, "Parameter Names and Values".
    package init?(postgresText text: String) {
        if text == "0" {
            self = .zero
            return
        }
        guard let (value, unit) = UnitText.split(text) else { return nil }
        let microseconds: Int
        switch unit {
        case "us": microseconds = 1
        case "ms": microseconds = 1_000
        case "s": microseconds = 1_000_000
        case "min": microseconds = 60_000_000
        case "h": microseconds = 3_600_000_000
        case "d": microseconds = 86_400_000_000
        default: return nil
        }
        let (total, overflow) = value.multipliedReportingOverflow(by: microseconds)
        if overflow { return nil }
        self = .microseconds(total)
    }
}

extension ByteCount {
    /// Reads `64MB`, `1GB`; the units are B, kB, MB, GB and TB, in this spelling.
    package init?(postgresText text: String) {
        guard let (value, unit) = UnitText.split(text),
            let power = ["B", "kB", "MB", "GB", "TB"].firstIndex(of: unit)
        else { return nil }
        let (total, overflow) = value.multipliedReportingOverflow(by: 1 << (10 * power))
        if overflow { return nil }
        self.init(bytes: total)
    }
}

private enum UnitText {
    static func split(_ text: String) -> (value: Int, unit: String)? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        return Int(digits).map { ($0, String(unit)) }
    }
}
