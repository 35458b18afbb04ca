/// A version of pgpool-II as far as files and names depend on it: `4.3`.
package struct PgpoolVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let major: Int
    package let minor: Int

    package init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads the first two numbers of `4.3.5`, or of a package's version as in `4.3.5-1+deb12u1`.
    package init?(parsing text: some StringProtocol) {
        let numbers = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard numbers.count >= 2, let major = Int(numbers[0]),
            let minor = Int(numbers[1].prefix { $0.isASCII && $0.isNumber })
        else { return nil }
        self.init(major, minor)
    }

    /// Reads the version out of a source archive's name, `pgpool-II-4.0.2.tar.gz`, with the folders before it.
    package init?(archive: String) {
        guard let file = archive.split(separator: "/").last, file.hasPrefix("pgpool-II-") else { return nil }
        self.init(parsing: file.dropFirst("pgpool-II-".count))
    }

    package static func < (one: PgpoolVersion, other: PgpoolVersion) -> Bool {
        (one.major, one.minor) < (other.major, other.minor)
    }

    package var description: String { "\(major).\(minor)" }

    package static let v3_5 = PgpoolVersion(3, 5)
    package static let v3_6 = PgpoolVersion(3, 6)
    package static let v3_7 = PgpoolVersion(3, 7)
    package static let v4_0 = PgpoolVersion(4, 0)
    package static let v4_1 = PgpoolVersion(4, 1)
    package static let v4_2 = PgpoolVersion(4, 2)
    package static let v4_3 = PgpoolVersion(4, 3)
    package static let v4_4 = PgpoolVersion(4, 4)
    package static let v4_5 = PgpoolVersion(4, 5)
    package static let v4_6 = PgpoolVersion(4, 6)
    package static let v4_7 = PgpoolVersion(4, 7)

    /// Those whose files kumki writes, oldest first.
    package static let supported: [PgpoolVersion] = [
        .v3_5, .v3_6, .v3_7, .v4_0, .v4_1, .v4_2, .v4_3, .v4_4, .v4_5, .v4_6, .v4_7,
    ]

    /// `3.5 to 4.7`
    package static var range: String {
        [supported.first, supported.last].compactMap { $0?.description }.joined(separator: " to ")
    }

    /// Whether it can log in with scram-sha-256, and keeps passwords encrypted in pool_passwd.
    package var supportsSCRAM: Bool { self >= .v4_0 }

    /// What the releases of Debian and Ubuntu bring.
    ///
    /// - Source: packages.debian.org and packages.ubuntu.com, package `pgpool2`.
    package static func packaged(in codename: String) -> PgpoolVersion? {
        switch codename {
        case "bullseye", "focal", "jammy": v4_1
        case "bookworm", "noble": v4_3
        case "trixie": v4_6
        case "forky": v4_7
        default: nil
        }
    }
}
