import Diagnostics
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

        """, deployed: false))
struct SourceTests {
    private let unknown = String(repeating: "0", count: 64)

    @Test("pgpool-II is built, has a unit and runs; an archive with another checksum than declared changes nothing")
    func pgpool() async throws {
        let cluster = try await deployed()
        for host in ["db1", "db2"] {
            try await cluster.shell(host, "[ -x /opt/pgpool/bin/pgpool ] && [ ! -e /usr/sbin/pgpool ]")
            try await cluster.shell(host, "systemctl -q is-enabled pgpool-\(cluster.name)")
        }
        try await cluster.shell("db3", "[ ! -e /opt/pgpool ]")

        let text = try String(contentsOfFile: cluster.file, encoding: .utf8)
        try cluster.edit { $0.replacing(/sha256: [0-9a-f]+/, with: "sha256: \(unknown)") }
        let plan = try await cluster.plan(expecting: 2)
        #expect(plan["db1/source pgpool-II"]?.reason.contains("another archive") == true, "\(plan.ids)")
        let failed = try await cluster.kumki("apply", "--yes", expecting: 1)
        let words = failed.outputText + failed.errorText
        #expect(words.contains("declared is \(unknown)"), "\(words)")
        for host in ["db1", "db2"] { try await cluster.shell(host, "[ -z \"$(ls -A /var/lib/kumki/build)\" ]") }
        try cluster.edit { _ in text }
        try await cluster.expectConverged()
    }

    @Test("a neighbour that asks nobody learns of the address's new holder")
    func announced() async throws {
        try await moveAddress(of: deployed())
    }

    @Test("arping is built, and announces the address in the other one's place")
    func arping() async throws {
        let cluster = try await deployed()
        let archive = ProcessInfo.processInfo.environment["KUMKI_ARPING_ARCHIVE"]
        guard let digest = try? await place(archive, of: "arping", as: "arping.tar", in: cluster) else {
            try Test.cancel(
                "the mirror has no source package of arping; KUMKI_ARPING_ARCHIVE=FILE names an archive to take")
        }
        try cluster.edit { $0 + "arping: {install: {source: {archive: arping.tar, sha256: \(digest)}}}\n" }
        try await cluster.kumki("apply", "--yes", expecting: 0, limit: .seconds(600))
        try await cluster.expectConverged()
        for host in ["db1", "db2"] {
            try await cluster.shell(host, "[ -x /usr/local/sbin/arping ] && [ ! -u /usr/local/sbin/arping ]")
            // Only what was built can announce it now.
            try await cluster.shell(host, "rm -f /usr/bin/arping")
        }
        try await cluster.shell("db3", "[ ! -e /usr/local/sbin/arping ]")
        try await moveAddress(of: cluster)
    }

    /// The cluster of the suite's inventory.
    private func deployed() async throws -> LabCluster {
        let cluster = try LabCluster.shared
        let digest = try await place(nil, of: "pgpool2", as: "pgpool-II-4.3.5.tar.gz", in: cluster)
        let text = cluster.text.replacing(unknown, with: digest)
        if text != (try String(contentsOfFile: cluster.file, encoding: .utf8)) { try cluster.edit { _ in text } }
        try await cluster.kumki("apply", "--yes", expecting: 0, limit: .seconds(900))
        try await cluster.expectConverged()
        return cluster
    }

    /// Stops the pgpool-II that holds the address, and looks who has it in the eyes of a host that only listens.
    private func moveAddress(of cluster: LabCluster) async throws {
        let address = "\(cluster.network).100"
        func holds(_ host: String) async throws -> Bool {
            try await cluster.shell(host, "ip -o addr show to \(address)").contains(address)
        }
        func hardware(_ host: String) async throws -> String {
            let text = try await cluster.shell(host, "cat /sys/class/net/eth0/address")
            return String(text.prefix { $0 != "\n" })
        }
        func neighbour() async throws -> String { try await cluster.shell("db3", "ip neigh show \(address)") }
        let old = try await holds("db1") ? "db1" : "db2"
        let new = old == "db1" ? "db2" : "db1"
        let (before, after) = (try await hardware(old), try await hardware(new))
        try await cluster.shell("db3", "ip neigh flush to \(address); bash -c 'echo >/dev/udp/\(address)/9'")
        try await cluster.wait("db3 knows that \(old) holds it") { try await neighbour().contains(before) }
        try await cluster.shell(old, "systemctl stop pgpool-\(cluster.name)")
        try await cluster.wait("it moves to \(new)") { try await holds(new) }
        try await cluster.wait("db3 knows that \(new) holds it", limit: .seconds(10)) {
            try await neighbour().contains(after)
        }
        try await cluster.kumki("apply", "--yes", expecting: 0)
    }

    private struct NoArchive: Error {
        var words: String
    }

    /// Puts an archive beside the inventory: that of the distribution's source package, unless another one is named.
    ///
    /// Not every mirror carries arping's: `KUMKI_ARPING_ARCHIVE` names one to take.
    /// - Returns: its SHA-256.
    /// - Throws: `NoArchive`.
    private func place(
        _ archive: String?, of package: String, as name: String, in cluster: LabCluster
    ) async throws -> String {
        var path = archive
        if path == nil {
            let script = """
                set -e
                [ ! -e /root/\(package)/archive ] || exit 0
                cd /etc/apt
                cat sources.list sources.list.d/*.list 2>/dev/null | sed -n 's/^deb /deb-src /p' >/root/sources
                mv /root/sources sources.list.d/source-packages.list
                [ ! -e sources.list.d/debian.sources ] || sed -i 's/^Types: deb$/& deb-src/' sources.list.d/debian.sources
                apt-get -q update
                mkdir -p /root/\(package)
                cd /root/\(package)
                apt-get -q source --download-only \(package)
                mv -- *.orig.tar.* archive
                """
            let outcome = try await cluster.lab.execute(Script(Content(script), limit: .seconds(180)), on: "db3")
            guard outcome.succeeded else { throw NoArchive(words: outcome.errorText) }
            path = "\(try #require(cluster.disks.withLock { $0["db3"] }))/root/\(package)/archive"
        }
        let bytes = try Data(contentsOf: URL(filePath: try #require(path)))
        try bytes.write(to: URL(filePath: "\(cluster.folder)/\(name)"))
        return SHA256.hexDigest(Array(bytes))
    }
}
