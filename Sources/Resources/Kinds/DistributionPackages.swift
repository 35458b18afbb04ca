import Diagnostics
import Hosts
package import PostgreSQL

/// Packages of the distribution, installed with apt; a package that is there is never upgraded.
package struct DistributionPackages: Resource {
    package var name: String
    package var packages: [String]
    /// Installing postgresql-N makes and starts a cluster of its own unless postgresql-common is told not to.
    package var preventsOwnCluster: Bool
    /// The version whose packages may come from PGDG's repository when the distribution has none.
    package var pgdgVersion: PostgresVersion?

    package init(
        name: String = "packages", packages: [String], preventsOwnCluster: Bool = false,
        pgdgVersion: PostgresVersion? = nil
    ) {
        self.name = name
        self.packages = packages
        self.preventsOwnCluster = preventsOwnCluster
        self.pgdgVersion = pgdgVersion
    }

    package var probe: Probe { Probe(packages: Set(packages)) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        var missing: [String] = []
        for package in packages {
            switch facts.package(package) {
            case .present: continue
            case .absent: missing.append(package)
            case .unknown(let reason): return .unknown(reason)
            }
        }
        if missing.isEmpty { return .same }
        return .change(
            Change(.create, "not installed: \(missing.joined(separator: ", "))", script: script(for: missing)))
    }

    private func script(for missing: [String]) -> Script {
        let apt =
            "apt-get -qq -y -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold -o APT::Install-Recommends=false"
        var lines = [
            "export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8",
            "quiet() { if ! log=$(\"$@\" 2>&1); then printf '%s\\n' \"$log\" | tail -n 15 >&2; return 1; fi; }",
            // Finishes what a killed run left half configured.
            "quiet dpkg --configure -a",
        ]
        let words = Shell.quote(missing)
        lines.append("if ! apt-get -s install \(words) >/dev/null 2>&1; then")
        lines.append("quiet apt-get -q -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 update")
        lines.append("fi")
        if let pgdgVersion { lines += repository(for: pgdgVersion) }
        if preventsOwnCluster {
            lines.append("quiet \(apt) install postgresql-common")
            let file = "/etc/postgresql-common/createcluster.conf"
            lines.append("sed -i 's/^#* *create_main_cluster.*/create_main_cluster = false/' \(file)")
            lines.append(
                "grep -q '^create_main_cluster = false' \(file) || echo 'create_main_cluster = false' >>\(file)")
        }
        // The index may be older than the archive: one more try with a fresh one.
        lines.append("quiet \(apt) install \(words) || {")
        lines.append("quiet apt-get -q -o DPkg::Lock::Timeout=120 update && quiet \(apt) install \(words)")
        lines.append("}")
        return Script(Content(lines.joined(separator: "\n") + "\n"), limit: .seconds(900))
    }

    /// postgresql-common carries PGDG's own set-up script and key.
    private func repository(for version: PostgresVersion) -> [String] {
        [
            "if ! apt-cache show postgresql-\(version) >/dev/null 2>&1; then",
            "quiet apt-get -qq -y -o DPkg::Lock::Timeout=120 -o APT::Install-Recommends=false install postgresql-common ca-certificates",
            "quiet timeout 180 /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y || {",
            "echo 'neither the distribution nor the PostgreSQL project'\"'\"'s repository has postgresql-\(version) for this host' >&2",
            "exit 1; }",
            "fi",
        ]
    }
}
