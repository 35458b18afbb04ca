import FoundationEssentials
import Hosts
import Lab
import PostgreSQL
import Synchronization
import Testing

/// pgpool-II and arping from their source archives, as the distribution's source packages carry them.
@Suite(
    "Programs from source", .serialized,
    .lab(
        """
        cluster: $CLUSTER
        ssh: {user: root, identity_file: $LAB/id_ed25519, known_hosts_file: $LAB/known_hosts}
        hosts:
          db1: {address: $NET.11, roles: [primary, pgpool]}
          db2: {address: $NET.12, roles: [standby, pgpool]}
          db3: {address: $NET.13, roles: [standby]}
        postgresql:
          version: 15
          superuser_password: {file: $LAB/secrets/superuser}
          settings: {shared_buffers: 32MB}
        replication:
          password: {file: $LAB/secrets/replicator}
        vips:
          writer: {address: $NET.100/24, name: rw}
        ha:
          engine: pgpool
          password: {file: $LAB/secrets/ha}
        pgpool:
          install:
            source:
              archive: pgpool-II-4.3.5.tar.gz
              sha256: 0000000000000000000000000000000000000000000000000000000000000000
              prefix: /opt/pgpool
          pcp_password: {file: $LAB/secrets/pcp}
          watchdog: {half_votes: true, auth_key: {file: $LAB/secrets/watchdog}}
        arping: {install: {source: {archive: arping.tar, sha256: 1111111111111111111111111111111111111111111111111111111111111111}}}

        """, deployed: false))
struct SourceTests {
    /// What the inventory declares until the archives are there.
    private let unknown = (pgpool: String(repeating: "0", count: 64), arping: String(repeating: "1", count: 64))

    @Test(
        "an archive with another checksum is not unpacked; the declared ones are built, run, and announce the address")
    func built() async throws {
        let cluster = try LabCluster.shared
        let digests = try await fetch(for: cluster)
        let failed = try await cluster.kumki("apply", "--yes", expecting: 1)
        let words = failed.outputText + failed.errorText
        #expect(words.contains("SHA-256 is \(digests.pgpool), declared is \(unknown.pgpool)"), "\(words)")
        for host in ["db1", "db2"] {
            try await cluster.shell(host, "[ ! -e /opt/pgpool ] && [ ! -e /usr/local/sbin/arping ]")
            try await cluster.shell(host, "! find /var/lib/kumki/build -name configure.ac | grep .")
        }

        try cluster.edit {
            $0.replacing(unknown.pgpool, with: digests.pgpool).replacing(unknown.arping, with: digests.arping)
        }
        let plan = try await cluster.plan(expecting: 2)
        #expect(plan["db1/source pgpool-II"]?.reason.contains("missing") == true, "\(plan.ids)")
        #expect(plan["db1/source arping"]?.reason.contains("missing") == true)
        #expect(plan["db3/source arping"] == nil)
        try await cluster.kumki("apply", "--yes", expecting: 0, limit: .seconds(600))
        try await cluster.expectConverged()
        for host in ["db1", "db2"] {
            try await cluster.shell(host, "! dpkg -s pgpool2 iputils-arping 2>/dev/null | grep '^Status: .* installed'")
            try await cluster.shell(host, "[ ! -u /usr/local/sbin/arping ] && [ ! -e /var/lib/kumki/build/* ]")
        }
        try await moves(cluster)
    }

    /// The neighbour that knew the old holder, and asks nobody, knows the new one.
    private func moves(_ cluster: LabCluster) async throws {
        let address = "\(cluster.network).100"
        func holds(_ host: String) async throws -> Bool {
            try await cluster.shell(host, "ip -o addr show to \(address)").contains(address)
        }
        func neighbour() async throws -> String { try await cluster.shell("db3", "ip neigh show \(address)") }
        func hardware(_ host: String) async throws -> String {
            let text = try await cluster.shell(host, "cat /sys/class/net/eth0/address")
            return String(text.prefix { $0 != "\n" })
        }
        let old = try await holds("db1") ? "db1" : "db2"
        let new = old == "db1" ? "db2" : "db1"
        let (oldHardware, newHardware) = (try await hardware(old), try await hardware(new))
        try await cluster.shell("db3", "ip neigh flush to \(address); bash -c 'echo >/dev/udp/\(address)/9'")
        try await cluster.wait("db3 knows the holder") { try await neighbour().contains(oldHardware) }
        try await cluster.shell(old, "systemctl stop pgpool-\(cluster.name)")
        try await cluster.wait("the address moves to \(new)") { try await holds(new) }
        try await cluster.wait("db3 learns of the new holder", limit: .seconds(10)) {
            try await neighbour().contains(newHardware)
        }
        try await cluster.shell(old, "systemctl start pgpool-\(cluster.name)")
    }

    private struct Digests {
        var pgpool: String
        var arping: String
    }

    /// Puts the archives of the distribution's source packages beside the inventory.
    ///
    /// Not every mirror carries arping's: `KUMKI_ARPING_ARCHIVE` names one to take instead.
    private func fetch(for cluster: LabCluster) async throws -> Digests {
        let own = ProcessInfo.processInfo.environment["KUMKI_ARPING_ARCHIVE"]
        let packages = own == nil ? ["pgpool2", "arping"] : ["pgpool2"]
        try await cluster.shell(
            "db3",
            """
            set -e
            cd /etc/apt
            cat sources.list sources.list.d/*.list 2>/dev/null | sed -n 's/^deb /deb-src /p' >/root/sources
            mv /root/sources sources.list.d/sources.list
            [ ! -e sources.list.d/debian.sources ] || sed -i 's/^Types: deb$/& deb-src/' sources.list.d/debian.sources
            apt-get -q update
            for package in \(packages.joined(separator: " ")); do
            mkdir -p "/root/$package"
            cd "/root/$package"
            apt-get -q source --download-only "$package"
            mv -- *.orig.tar.* archive
            done
            """, limit: .seconds(180))
        let disk = try #require(cluster.disks.withLock { $0["db3"] })
        func place(_ archive: String, _ name: String) throws -> String {
            let bytes = try Data(contentsOf: URL(filePath: archive))
            try bytes.write(to: URL(filePath: "\(cluster.folder)/\(name)"))
            return SHA256.hexDigest(Array(bytes))
        }
        return Digests(
            pgpool: try place("\(disk)/root/pgpool2/archive", "pgpool-II-4.3.5.tar.gz"),
            arping: try place(own ?? "\(disk)/root/arping/archive", "arping.tar"))
    }
}
