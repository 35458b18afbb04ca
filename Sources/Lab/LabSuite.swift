package import PostgreSQL

/// A Debian release whose containers stand in for hosts.
package enum LabSuite: String, CaseIterable, Hashable, Sendable {
    case bullseye, bookworm, trixie, forky

    /// The release that ships the wanted PostgreSQL version; bookworm for a version that none ships.
    package init(for version: PostgresVersion) {
        self = Self.allCases.first { $0.postgresVersion == version } ?? .bookworm
    }

    /// The PostgreSQL version that the release itself ships.
    ///
    /// - Source: packages.debian.org, package `postgresql`.
    package var postgresVersion: PostgresVersion {
        switch self {
        case .bullseye: .v13
        case .bookworm: .v15
        case .trixie: .v17
        case .forky: .v18
        }
    }

    /// Whether `-updates` and `-security` are kept beside the release's own packages: not while it is being made.
    var isReleased: Bool { self != .forky }

    /// Whether its systemd starts on control groups of version 2 alone.
    ///
    /// - Source: systemd's NEWS, version 258.
    var needsUnifiedCgroups: Bool { self == .forky }

    /// What debootstrap is told besides the name: older ones know no script for a release to come.
    var debootstrapScript: String? { self == .forky ? "sid" : nil }
}
