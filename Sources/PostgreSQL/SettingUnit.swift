/// The unit that a setting's plain number is in.
///
/// - Source: PostgreSQL documentation, "Parameter Names and Values".
package enum SettingUnit: String, CaseIterable, Hashable, Sendable {
    case bytes = "B"
    case kilobytes = "kB"
    case blocks = "8kB"
    case megabytes = "MB"
    /// 9.6 only: a segment of the write-ahead log.
    case segments = "16MB"
    case milliseconds = "ms"
    case seconds = "s"
    case minutes = "min"

    private static let sizes: [(name: String, bytes: Double)] = [
        ("TB", 0x1p40), ("GB", 0x1p30), ("MB", 0x1p20), ("kB", 1024), ("B", 1),
    ]
    private static let times: [(name: String, microseconds: Double)] = [
        ("d", 86_400_000_000), ("h", 3_600_000_000), ("min", 60_000_000), ("s", 1_000_000), ("ms", 1000), ("us", 1),
    ]

    package var isTime: Bool { [.milliseconds, .seconds, .minutes].contains(self) }

    /// One of it, in bytes or microseconds.
    private var size: Double {
        switch self {
        case .bytes: 1
        case .kilobytes: 1024
        case .blocks: 8192
        case .megabytes: 0x1p20
        case .segments: 0x1p24
        case .milliseconds: 1000
        case .seconds: 1_000_000
        case .minutes: 60_000_000
        }
    }

    /// The units that a value may be written with, largest first, and how many of this unit each one is.
    ///
    /// `B` is there from 11 on, `us` from 12 on.
    package func accepted(version: PostgresVersion) -> [(name: String, factor: Double)] {
        let all = isTime ? Self.times.map { ($0.name, $0.microseconds) } : Self.sizes.map { ($0.name, $0.bytes) }
        return all.filter { name, _ in
            (name != "B" || version >= .v11) && (name != "us" || version >= .v12)
        }.map { name, amount in (name: name, factor: amount / size) }
    }
}
