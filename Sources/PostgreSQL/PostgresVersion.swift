/// A major version of PostgreSQL that kumki supports, 9.6 to 18.
///
/// - Source: PostgreSQL documentation, "Versioning Policy": up to 9.6 a major version is two numbers.
package enum PostgresVersion: String, CaseIterable, Hashable, Sendable, Codable {
    case v96 = "9.6"
    case v10 = "10"
    case v11 = "11"
    case v12 = "12"
    case v13 = "13"
    case v14 = "14"
    case v15 = "15"
    case v16 = "16"
    case v17 = "17"
    case v18 = "18"

    package static let supported = allCases

    /// `server_version_num / 100` for 9.6 (906), `* 100` for later ones (1500), so that versions compare as numbers.
    package var number: Int {
        switch self {
        case .v96: 906
        case .v10: 1000
        case .v11: 1100
        case .v12: 1200
        case .v13: 1300
        case .v14: 1400
        case .v15: 1500
        case .v16: 1600
        case .v17: 1700
        case .v18: 1800
        }
    }
}

extension PostgresVersion: Comparable {
    package static func < (left: PostgresVersion, right: PostgresVersion) -> Bool { left.number < right.number }
}

extension PostgresVersion: CustomStringConvertible {
    package var description: String { rawValue }
}
