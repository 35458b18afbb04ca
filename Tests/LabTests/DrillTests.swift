import FoundationEssentials
import Hosts
import Lab
import Testing

/// Faults under a client that writes, injected and mended by kumki itself.
@Suite(
    "Drills", .serialized,
    .lab(
        """
        cluster: $CLUSTER
        ssh: {user: root, identity_file: $LAB/id_ed25519, known_hosts_file: $LAB/known_hosts}
        hosts:
          db1: {address: $NET.11, roles: [primary]}
          db2: {address: $NET.12, roles: [standby], replication: sync}
          db3: {address: $NET.13, roles: [standby], replication: sync}
        postgresql:
          version: 15
          superuser_password: {file: $LAB/secrets/superuser}
          settings: {shared_buffers: 32MB}
        replication:
          password: {file: $LAB/secrets/replicator}
          synchronous: {method: any, confirm: 1}

        """))
struct DrillTests {
    /// What `drill --json` prints.
    private struct Document: Decodable {
        var fault: String
        var outageSeconds: Double
        var acknowledged: Int
        var lost: Int
        var doublePrimary: Bool
        var rejoined: Bool
    }

    private func drill(_ fault: String, _ cluster: LabCluster, _ arguments: String...) async throws -> Document {
        let outcome = try await cluster.run("drill", [fault, "--yes", "--json"] + arguments, expecting: 0)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Document.self, from: Data(outcome.outputText.utf8))
    }

    /// Nothing of a drill is there any more.
    private func expectClean(_ cluster: LabCluster) async throws {
        for host in ["db1", "db2", "db3"] {
            let left = try await cluster.shell(
                host,
                """
                ls -d /var/lib/kumki/\(cluster.name)/drill* /run/kumki-drill* 2>/dev/null || :
                pgrep -af drill- || :
                nft list tables
                systemctl list-units --all --no-legend 'kumki-drill*'
                """)
            #expect(left == "", "\(host)")
        }
        let primary = try await cluster.kumki("primary", expecting: 0).outputText.filter { $0 != "\n" }
        #expect(try await cluster.sql(primary, "SELECT to_regclass('kumki.drill') IS NULL") == "t")
    }

    @Test("a killed primary and one that is cut off are replaced, no acknowledged row is lost, and both come back")
    func primary() async throws {
        let cluster = try await LabCluster.ready()
        let page = "\(cluster.folder)/drill.html"
        for fault in ["kill-primary", "partition-primary"] {
            let primary = try await cluster.kumki("primary", expecting: 0).outputText
            let result = try await drill(fault, cluster, "--report", page)
            #expect(result.fault == fault && result.lost == 0 && !result.doublePrimary && result.rejoined)
            #expect(result.acknowledged > 100 && result.outageSeconds > 0.2 && result.outageSeconds < 60)
            #expect(try await cluster.kumki("primary", expecting: 0).outputText != primary)
            try await expectClean(cluster)
        }
        #expect(try String(contentsOfFile: page, encoding: .utf8).contains("<svg"))
        #expect(try await cluster.plan(expecting: 0).changes.isEmpty)
    }

    @Test("a cluster that is not healthy is not drilled")
    func unhealthy() async throws {
        let cluster = try await LabCluster.ready()
        let standby = try await cluster.kumki("primary", expecting: 0).outputText == "db3\n" ? "db2" : "db3"
        try await cluster.shell(standby, "systemctl stop postgresql@15-main")
        let refused = try await cluster.kumki("drill", "kill-primary", "--yes", expecting: 1)
        #expect(refused.errorText.contains("[drill.unhealthy]"), "\(refused.errorText)")
        try await cluster.shell(standby, "systemctl start postgresql@15-main")
        try await cluster.expectConverged()
    }

    @Test("killed in the midst of a drill, nothing writes any more and the fault's timer stands; Ctrl-C mends at once")
    func interrupted() async throws {
        let cluster = try await LabCluster.ready()
        let primary = try await cluster.kumki("primary", expecting: 0).outputText.filter { $0 != "\n" }
        let standby = primary == "db2" ? "db3" : "db2"
        let stopped = try await cluster.startInBackground("drill", "partition-standby", "--yes")
        try await cluster.wait("the standby is cut off") { stopped.output.contains("is cut off") }
        try await stopped.signal("INT")
        try await cluster.wait("it ends") { !stopped.isRunning }
        #expect(stopped.output.contains("interrupted"), "\(stopped.output)")
        try await expectClean(cluster)
        try await cluster.kumki("verify", expecting: 0)

        let killed = try await cluster.startInBackground("drill", "partition-standby", "--yes")
        try await cluster.wait("the standby is cut off") { killed.output.contains("is cut off") }
        try await cluster.wait("its timer stands") {
            try await cluster.shell(standby, "nft list tables").contains("kumki_drill")
        }
        try await killed.signal("KILL")
        for host in ["db1", "db2", "db3"] {
            try await cluster.wait("the loops on \(host) end") {
                try await cluster.shell(host, "pgrep -f drill- || :; ls /var/lib/kumki/\(cluster.name)").contains(
                    "drill")
                    == false
            }
        }
        #expect(
            try await cluster.shell(standby, "systemctl is-active kumki-drill-heal.timer") == "active\n")
        // Five minutes pass.
        try await cluster.shell(standby, "systemctl start kumki-drill-heal.service")
        #expect(try await cluster.shell(standby, "nft list tables") == "")
        try await cluster.shell(standby, "systemctl stop kumki-drill-heal.timer; rm -f /run/kumki-drill-heal")
        try await cluster.kumki("verify", expecting: 0)

        // The next one finds nothing in its way; where another standby confirms, nobody has to wait.
        let result = try await drill("lose-standby", cluster)
        #expect(result.lost == 0 && result.rejoined && result.outageSeconds < 5)
        try await expectClean(cluster)
    }
}
