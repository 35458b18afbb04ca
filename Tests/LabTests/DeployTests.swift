import FoundationEssentials
import Hosts
import Inventory
import Lab
import Testing

/// Every example builds a cluster from hosts that have nothing, as its reader would build it.
@Suite("Deploying the examples", .serialized)
struct DeployTests {
    struct Example: Sendable, CustomStringConvertible {
        var name: String
        var version: String
        /// Standbys with their upstream and the sync state that it shows for them.
        var standbys: [String: (upstream: String, state: String)]

        var description: String { "\(name) on PostgreSQL \(version)" }
    }

    static let examples = [
        Example(name: "pair-async", version: "13", standbys: ["db2": ("db1", "async")]),
        Example(name: "trio-sync", version: "17", standbys: ["db2": ("db1", "sync"), "db3": ("db1", "potential")]),
        Example(
            name: "five-quorum-cascade", version: "15",
            standbys: [
                "db2": ("db1", "quorum"), "db3": ("db1", "quorum"), "db4": ("db2", "async"), "db5": ("db4", "async"),
            ]),
    ]

    @Test("plan names every step, apply carries exactly those out, and nothing is left", arguments: examples)
    func deploys(example: Example) async throws {
        let text = try ExampleInventory.text(example.name, version: example.version)
        try await LabCluster.with(text) { cluster in
            let plan = try await cluster.plan(expecting: 2)
            #expect(plan.summary.hosts == example.standbys.count + 1)
            for host in cluster.lab.inventory.databaseHosts.map(\.name) {
                let first = host == "db1" ? "initdb" : "basebackup"
                for step in ["pg_hba.conf", "postgresql.conf", first, "start"] {
                    #expect(plan.ids.contains("\(host)/\(step)"), "the plan does not say \(host)/\(step)")
                }
            }
            for (host, standby) in example.standbys {
                let before = plan.predecessors(of: "\(host)/basebackup")
                #expect(before.contains("\(standby.upstream)/start"), "\(host) is copied before its upstream runs")
            }

            let applied = try await cluster.kumki("apply", "--yes", "--json", expecting: 0)
            #expect(try PlanDocument(json: applied.outputText).ids == plan.ids)
            try await cluster.expectConverged()

            for (host, standby) in example.standbys {
                let question = "SELECT state, sync_state FROM pg_stat_replication WHERE application_name = '\(host)'"
                #expect(try await cluster.sql(standby.upstream, question) == "streaming|\(standby.state)")
            }
            #expect(try await cluster.sql("db1", "SHOW server_version_num").hasPrefix(example.version))
        }
    }

    @Test("a host that has nothing but sshd gets its packages; a package that can't be had changes nothing else")
    func bareHost() async throws {
        let text = try ExampleInventory.text("single")
        try await LabCluster.with(text, options: Lab.Options(prebuilt: false)) { cluster in
            let away = "mkdir /root/apt; mv /etc/apt/sources.list* /root/apt/; rm -rf /var/lib/apt/lists/*"
            try await cluster.shell("db1", away)
            let failed = try await cluster.kumki("apply", "--yes", expecting: 1)
            let words = failed.outputText + failed.errorText
            #expect(words.contains("db1/packages"))
            #expect(words.contains("postgresql-15"), "\(words)")
            try await cluster.shell("db1", "[ ! -e /var/lib/postgresql/15/main ] && [ ! -e /etc/postgresql/15 ]")

            try await cluster.shell("db1", "mv /root/apt/* /etc/apt/")
            let plan = try await cluster.plan(expecting: 2)
            #expect(plan["db1/packages"]?.reason.contains("not installed: postgresql-15") == true)
            try await cluster.kumki("apply", "--yes", expecting: 0)
            try await cluster.expectConverged()
            #expect(try await cluster.shell("db1", "pg_lsclusters -h | wc -l") == "1\n")
        }
    }
}
