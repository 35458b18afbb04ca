/// What is particular to a program that is built from its source archive.
package struct SourceProduct: Hashable, Sendable {
    /// `PostgreSQL 9.6`
    package var title: String
    /// Debian's packages that the build needs.
    package var packages: [String]
    /// What the build brings, by which an installation is told, below the prefix: `bin/postgres`.
    package var program: String
    /// Arguments of `configure`, but for `--prefix`.
    package var configure: [String]
    /// What more is installed, in the built tree: lines of `sh`, with `quiet` before whatever prints much.
    package var more: String
    /// Whether an inventory can declare one that is there already.
    package var canExist: Bool

    package init(
        title: String, packages: [String], program: String, configure: [String] = [], more: String = "",
        canExist: Bool = false
    ) {
        self.title = title
        self.packages = packages
        self.program = program
        self.configure = configure
        self.more = more
        self.canExist = canExist
    }

    /// What fetches, unpacks and compiles any of them.
    private static let tools = ["bzip2", "ca-certificates", "curl", "gcc", "libc6-dev", "make", "xz-utils"]

    package static func postgres(_ version: String) -> SourceProduct {
        SourceProduct(
            title: "PostgreSQL \(version)",
            packages: tools + [
                "bison", "flex", "libicu-dev", "libreadline-dev", "libssl-dev", "perl", "pkg-config", "zlib1g-dev",
            ], program: "bin/postgres", configure: ["--with-openssl"],
            more: "if [ -d contrib ]; then quiet make -C contrib -j\"$(nproc)\" install; fi\n", canExist: true)
    }

    /// Passwords in pool_passwd are encrypted with OpenSSL. Its SQL extensions are not built: kumki uses no online
    /// recovery of pgpool-II's own, and no supported server needs pgpool_regclass.
    ///
    /// - Parameter postgres: the prefix of a PostgreSQL that was built too; nil takes what `pg_config` names.
    /// - Source: pgpool-II documentation, "Installing pgpool_recovery", "Installing pgpool-regclass": PostgreSQL before 9.4.
    package static func pgpool(beside postgres: String?) -> SourceProduct {
        SourceProduct(
            title: "pgpool-II",
            packages: tools + (postgres == nil ? ["libpq-dev"] : []) + ["libssl-dev"], program: "bin/pgpool",
            configure: ["--with-openssl"] + (postgres.map { ["--with-pgsql=\($0)"] } ?? []),
            // Its own library is found in /usr/local/lib, too.
            more: "ldconfig\n")
    }

    /// The arping by Thomas Habets, whose releases come without `configure`.
    package static let arping = SourceProduct(
        title: "arping", packages: tools + ["autoconf", "automake", "libnet1-dev", "libpcap-dev"],
        program: "sbin/arping")
}
