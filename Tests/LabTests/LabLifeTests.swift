import Diagnostics
import FoundationEssentials
import Hosts
import Lab
import Testing

@Suite("The life of a lab")
struct LabLifeTests {
    private static let trio = """
        cluster: $CLUSTER
        ssh: {user: root, identity_file: $LAB/id_ed25519, known_hosts_file: $LAB/known_hosts}
        hosts:
          db1: {address: $NET.11, roles: [primary]}
          db2: {address: $NET.12, roles: [standby]}
          db3: {address: $NET.13, roles: [standby]}
        postgresql: {version: 15, superuser_password: {file: $LAB/secrets/superuser}}
        replication: {password: {file: $LAB/secrets/replicator}}

        """

    @Test("a lab stays as it is the second time, and leaves nothing when it goes down")
    func upTwiceAndDown() async throws {
        try await LabCluster.with(Self.trio) { cluster in
            let lab = cluster.lab
            let report = try await lab.up()
            #expect(report.hosts.map(\.change) == [.unchanged, .unchanged, .unchanged])
            #expect(report.warnings == [])
            let keys = try String(contentsOfFile: lab.folder.knownHostsFile, encoding: .utf8).split(separator: "\n")
            #expect(keys.count { $0.hasPrefix("\(cluster.network).12 ssh-ed25519 ") } == 1)
            #expect(try await cluster.shell("db1", "systemctl is-system-running; pg_lsclusters -h") == "running\n")
            let secrets = "\(lab.folder.path)/secrets"
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: secrets).sorted() == ["replicator", "superuser"])

            _ = try await lab.down()
            #expect(try await lab.containers() == [])
            #expect(try FileManager.default.contentsOfDirectory(atPath: cluster.folder) == ["\(cluster.name).yaml"])
        }
    }

    @Test("OpenSSH gets in with the lab's key and finds the host keys that it expects")
    func openSSH() async throws {
        try await LabCluster.with(Self.trio) { cluster in
            for host in cluster.lab.topology.containers {
                let outcome = try await LocalPrograms().run(
                    Command(
                        "ssh",
                        [
                            "-i", cluster.lab.folder.identityFile, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
                            "-o", "UserKnownHostsFile=\(cluster.lab.folder.knownHostsFile)", "-o",
                            "StrictHostKeyChecking=yes", "root@\(host.address)", "hostname",
                        ]))
                #expect(outcome.outputText == "\(host.host)\n", "\(outcome.errorText)")
            }
        }
    }

    @Test("a host that lost power or hangs comes back as it was, and what was removed is made again")
    func halfALab() async throws {
        try await LabCluster.with(Self.trio) { cluster in
            let lab = cluster.lab
            try await cluster.shell("db1", "echo kept >/root/mark")
            try await lab.kill("db1")
            try await lab.pause("db2")
            let remove = lab.engine.removeContainer(lab.topology.containers[2].name)
            #expect(try await LocalPrograms().run(remove).succeeded)
            #expect(try await lab.up().hosts.map(\.change) == [.started, .started, .created])
            #expect(try await cluster.shell("db1", "cat /root/mark") == "kept\n")
        }
    }

    @Test("containers whose processes and network namespaces died with the machine are made anew")
    func diedWithTheMachine() async throws {
        try await LabCluster.with(Self.trio) { cluster in
            let lab = cluster.lab
            for container in lab.topology.containers {
                let format = "{{.State.Pid}} {{.State.ConmonPid}} {{.NetworkSettings.SandboxKey}}"
                let inspection = lab.engine.command(["container", "inspect", "--format", format, container.name])
                let words = try await LocalPrograms().run(inspection).outputText.filter { !$0.isNewline }
                // As after a machine that went down while /run stayed: records say "running", nothing runs.
                let crash = "set -- \(words); kill -KILL $2 $1; umount -l $3"
                #expect(try await LocalPrograms().run(Command("sh", ["-c", crash])).succeeded)
            }
            let bridge = "ip link delete $(ip route show \(lab.topology.subnet) | sed -E 's/.* dev ([^ ]+) .*/\\1/')"
            #expect(try await LocalPrograms().run(Command("sh", ["-c", bridge])).succeeded)
            #expect(try await lab.up().hosts.map(\.change) == [.replaced, .replaced, .replaced])
            #expect(try await lab.up().hosts.map(\.change) == [.unchanged, .unchanged, .unchanged])
        }
    }

    @Test("a partition cuts a host from its peers and not from this machine, until it is healed")
    func partition() async throws {
        try await LabCluster.with(Self.trio) { cluster in
            let lab = cluster.lab
            func reaches(_ host: String, _ other: Int) async throws -> Bool {
                let probe = "timeout 2 bash -c 'exec 3<>/dev/tcp/\(cluster.network).\(other)/22; head -c 4 <&3'"
                return try await lab.execute(Script(Content(probe)), on: host).outputText == "SSH-"
            }
            #expect(try await reaches("db1", 12))
            try await lab.partition("db1", from: ["db2"])
            #expect(try await !reaches("db1", 12))
            #expect(try await !reaches("db2", 11))
            #expect(try await reaches("db1", 13))
            try await lab.partition("db1")
            #expect(try await !reaches("db1", 13))
            #expect(try await lab.up().hosts.map(\.change) == [.unchanged, .unchanged, .unchanged])
            try await lab.heal("db1")
            #expect(try await reaches("db1", 12))
            try await lab.heal("db1")
        }
    }
}
