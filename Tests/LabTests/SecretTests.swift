import FoundationEssentials
import Hosts
import Lab
import Synchronization
import Testing

/// No secret's value stands anywhere but where PostgreSQL itself needs it.
@Suite("Secrets")
struct SecretTests {
    private static let values = ["kX9-superuser-w0rd", "kX9-replicator-w0rd", "kX9-app-w0rd"]

    private static let text = """
        cluster: $CLUSTER
        ssh: {user: root, identity_file: $LAB/id_ed25519, known_hosts_file: $LAB/known_hosts}
        hosts:
          db1: {address: $NET.11, roles: [primary]}
          db2: {address: $NET.12, roles: [standby]}
        postgresql:
          version: 15
          superuser_password: {file: secrets/superuser}
          settings: {shared_buffers: 32MB, log_statement: all, log_min_duration_statement: 0}
          users: [{name: app, password: {file: secrets/app}}]
          databases: [{name: app, owner: app}]
        replication:
          password: {file: secrets/replicator}

        """

    @Test("a deployment leaves them in .pgpass alone, and in no process, output, plan or log on the way")
    func nowhere() async throws {
        try await LabCluster.with(Self.text) { cluster in
            let files = FileManager.default
            try files.createDirectory(atPath: "\(cluster.folder)/secrets", withIntermediateDirectories: true)
            for (name, value) in zip(["superuser", "replicator", "app"], Self.values) {
                let path = "\(cluster.folder)/secrets/\(name)"
                try Data((value + "\n").utf8).write(to: URL(filePath: path))
                try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            }
            let saved = "\(cluster.folder)/saved.plan"
            var texts: [String: String] = [:]
            let plan = try await cluster.kumki("plan", "--verbose", "--out", saved, expecting: 2)
            texts["plan"] = plan.outputText + plan.errorText
            texts["plan --json"] = try await cluster.kumki("plan", "--json", expecting: 2).outputText
            texts["plan --out"] = try String(contentsOfFile: saved, encoding: .utf8)

            let watch = ProcessWatch(for: Self.values)
            async let seen = watch.run()
            let applied = try await cluster.kumki("apply", "--plan", saved, "--verbose", expecting: 0)
            texts["apply"] = applied.outputText + applied.errorText
            watch.stop()
            let sightings = await seen
            #expect(sightings.found == [])
            #expect(sightings.processes > 100, "the watch has hardly looked")
            for host in ["db1", "db2"] {
                let log = "cat /var/log/postgresql/*.log /var/lib/kumki/*/*; journalctl --no-pager"
                texts["logs of \(host)"] = try await cluster.shell(host, log)
            }
            for (place, text) in texts {
                #expect(!text.isEmpty, "\(place) is empty")
                for value in Self.values { #expect(!text.contains(value), "\(place) shows \(value)") }
            }

            // The pattern goes in on standard input, or grep would find itself.
            let patterns = Self.values.joined(separator: "\n")
            let grep = "grep -rlF -f - / --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev 2>/dev/null"
            let scan = "\(grep) <<'END'\n\(patterns)\nEND\n"
            for host in ["db1", "db2"] {
                #expect(try await cluster.shell(host, scan, limit: .seconds(240)) == "/var/lib/postgresql/.pgpass\n")
                let stat = "stat -c '%a %U' /var/lib/postgresql/.pgpass"
                #expect(try await cluster.shell(host, stat) == "600 postgres\n")
                let count = "grep -cF -e \(Self.values[0]) -e \(Self.values[2]) /var/lib/postgresql/.pgpass; :"
                #expect(try await cluster.shell(host, count) == "0\n")
            }
            try await cluster.expectConverged()
        }
    }
}

/// Looks at the command lines and environments of all processes of this machine, those in containers included.
final class ProcessWatch: Sendable {
    struct Sightings: Sendable {
        /// The programs that showed a value.
        var found: Set<String> = []
        /// How many different processes were looked at.
        var processes = 0
    }

    private let values: [Data]
    private let isStopped = Mutex(false)

    init(for values: [String]) {
        self.values = values.map { Data($0.utf8) }
    }

    func stop() { isStopped.withLock { $0 = true } }

    @concurrent
    func run() async -> Sightings {
        var sightings = Sightings()
        var known: Set<String> = []
        while !isStopped.withLock({ $0 }) {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
            for process in names where process.allSatisfy(\.isNumber) {
                if known.insert(process).inserted { sightings.processes += 1 }
                for part in ["cmdline", "environ"] {
                    guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/\(part)") else { continue }
                    if values.contains(where: { bytes.firstRange(of: $0) != nil }) {
                        let program = (try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)) ?? "?"
                        sightings.found.insert("\(part) of \(program)")
                    }
                }
            }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return sightings
    }
}
