import Diagnostics
import Hosts
import Lab
import Testing

/// Cut off anywhere and run again, a deployment ends in the same cluster.
@Suite("Interruptions")
struct InterruptionTests {
    static let trio = """
        cluster: $CLUSTER
        ssh: {user: root, identity_file: $LAB/id_ed25519, known_hosts_file: $LAB/known_hosts, connect_timeout: 3s}
        hosts:
          db1: {address: $NET.11, roles: [primary]}
          db2: {address: $NET.12, roles: [standby], replication: sync}
          db3: {address: $NET.13, roles: [standby], upstream: db2}
        postgresql:
          version: 15
          superuser_password: {file: $LAB/secrets/superuser}
          settings: {shared_buffers: 32MB}
          users: [{name: app, password: {file: $LAB/secrets/app}}]
          databases: [{name: app, owner: app}]
        replication:
          password: {file: $LAB/secrets/replicator}
          synchronous: {method: any, confirm: 1}

        """

    /// Starts `apply`, and does something to it while a step is under way.
    private func during(
        _ id: String, in cluster: LabCluster, _ action: (BackgroundRun) async throws -> Void
    ) async throws -> BackgroundRun {
        try await cluster.holdingSteps { steps in
            let run = try await cluster.startInBackground("apply", "--yes")
            try await steps.reach("begin \(id)", run)
            try await action(run)
            return run
        }
    }

    private func expectConvergence(_ cluster: LabCluster) async throws {
        try await cluster.kumki("apply", "--yes", expecting: 0)
        try await cluster.expectConverged()
    }

    @Test("apply killed whenever a step begins or ends goes on where it stopped")
    func killedAtEveryBoundary() async throws {
        try await LabCluster.with(Self.trio) { cluster in
            let killed = try await cluster.holdingSteps { try await $0.kill("apply", ["--yes"]) }
            for step in [
                "db1/initdb", "db1/start", "db2/basebackup", "db2/start", "db3/basebackup", "db3/start",
                "db1/reload synchronous_standby_names",
            ] {
                #expect(killed.contain(step), "\(killed)")
            }
            try await expectConvergence(cluster)
        }
    }

    @Test("apply killed at moments that a seed chose goes on where it stopped")
    func killedAnywhere() async throws {
        var random = SplitMix(seed: 15)
        try await LabCluster.with(Self.trio) { cluster in
            for _ in 0..<6 {
                let run = try await cluster.startInBackground("apply", "--yes")
                let entries = try cluster.journal().count + Int.random(in: 1...16, using: &random)
                let what = "\(entries) lines in the journals"
                try await cluster.wait(what, limit: .seconds(180), every: .milliseconds(20)) {
                    try !run.isRunning || cluster.journal().count >= entries
                }
                try await run.signal("KILL")
            }
            try await expectConvergence(cluster)
        }
    }

    @Test("Ctrl-C finishes what runs and starts nothing new, a second one leaves at once; both can be run again")
    func interrupted() async throws {
        try await LabCluster.with(Self.trio) { cluster in
            let once = try await during("db2/basebackup", in: cluster) { try await $0.signal("INT") }
            try await cluster.wait("kumki ends") { !once.isRunning }
            #expect(once.output.contains("nothing new starts"), "\(once.output)")
            #expect(once.output.contains("db2/start"), "what was left undone is told: \(once.output)")
            let journal = try cluster.journal().map { $0.split(separator: " ")[1] }
            #expect(journal.count { $0 == "begin" } == journal.count { $0 == "end" })

            _ = try await during("db3/basebackup", in: cluster) { twice in
                try await twice.signal("INT")
                try await cluster.wait("it is told") { twice.output.contains("Ctrl-C once more") || !twice.isRunning }
                try await twice.signal("INT")
                try await cluster.wait("kumki ends", limit: .seconds(5)) { !twice.isRunning }
            }
            try await expectConvergence(cluster)
        }
    }

    @Test("a connection that is cut and a host that loses its power are told, and the next apply goes on")
    func cutAndRebooted() async throws {
        try await LabCluster.with(Self.trio) { cluster in
            let cut = try await during("db1/initdb", in: cluster) { _ in
                try await cluster.shell("db1", "pgrep -f '^sshd: root' | xargs -r kill -KILL")
            }
            try await cluster.wait("kumki ends") { !cut.isRunning }
            #expect(cut.output.contains("db1"), "\(cut.output)")
            #expect(cut.output.contains("again"), "\(cut.output)")

            let rebooted = try await during("db2/basebackup", in: cluster) { _ in }
            try await cluster.lab.kill("db1")
            try await cluster.lab.kill("db2")
            try await cluster.wait("kumki ends", limit: .seconds(150)) { !rebooted.isRunning }
            #expect(rebooted.output.contains("db2"), "\(rebooted.output)")
            try await cluster.lab.start("db1")
            try await cluster.lab.start("db2")
            try await cluster.findDisks()
            try await cluster.wait("the primary is up again") {
                try await cluster.lab.execute(Script("pg_isready -q"), on: "db1").succeeded
            }
            try await expectConvergence(cluster)
        }
    }
}

/// Numbers that look random and are the same in every run.
///
/// - Source: Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
