import Diagnostics
import Hosts

/// pgpool-II and what its scripts call, as packages of the distribution.
package struct PgpoolPackage: Resource {
    package static let title = "pgpool-II"
    package static let name = "pgpool2"
    /// The version that would be installed.
    package static let reading = "candidate of pgpool2"

    private let packages: DistributionPackages

    package init(_ others: [String]) {
        packages = DistributionPackages(name: Self.title, packages: [Self.name] + others)
    }

    package var name: String { packages.name }

    package var probe: Probe {
        let fragment =
            "[ -e /usr/sbin/pgpool ] || apt-cache policy \(Self.name) 2>/dev/null | sed -n 's/^ *Candidate: *\\([0-9]\\)/\\1/p'; :"
        return packages.probe.union(Probe(commands: [Self.reading: fragment]))
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        guard case .change(var change) = packages.compare(facts, in: cluster) else {
            return packages.compare(facts, in: cluster)
        }
        // Its package starts it with a configuration of its own.
        if facts.package(Self.name).isAbsent {
            change.script.text.append("[ ! -d /run/systemd/system ] || systemctl stop \(Self.name).service\n")
        }
        return .change(change)
    }
}
