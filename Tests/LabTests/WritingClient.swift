import FoundationEssentials
import Hosts
import Inventory
import Lab
import Testing

/// A client that writes a row after the other, whoever is primary, and notes each one that was acknowledged.
///
/// It runs in a container, past kumki: psql with several hosts and `target_session_attrs=read-write` over the
/// network, as an application would.
struct WritingClient: Sendable {
    private let cluster: LabCluster
    private let host: String
    private static let folder = "/root/writing-client"

    /// - Parameter host: the container where it runs; its server may stop, it itself must not.
    static func start(in cluster: LabCluster, on host: String, hosts: [String]) async throws -> WritingClient {
        let addresses = hosts.compactMap { name in cluster.lab.inventory.host(name)?.address }.joined(separator: ",")
        try await cluster.shell(
            host,
            """
            mkdir -p \(folder); cd \(folder); rm -f acknowledged stop
            cat >run.sh <<'END'
            cd \(folder)
            export PGHOST=\(addresses) PGUSER=app PGDATABASE=app PGCONNECT_TIMEOUT=2 PGTARGETSESSIONATTRS=read-write
            export PGPASSFILE=\(folder)/pass
            n=0
            while [ ! -e stop ]; do
                n=$((n + 1))
                if timeout 5 psql -XAtq -c "INSERT INTO written VALUES ($n)" >>log 2>&1; then echo "$n" >>acknowledged; fi
            done
            touch ended
            END
            rm -f ended
            """)
        let client = WritingClient(cluster: cluster, host: host)
        try await client.readPassword()
        try await cluster.shell(host, "cd \(folder); setsid sh run.sh >/dev/null 2>&1 </dev/null &")
        return client
    }

    /// Takes the password from the secret's file, again after it has changed there.
    func readPassword() async throws {
        let password = try String(
            contentsOfFile: "\(cluster.folder)/.kumki/lab/\(cluster.name)/secrets/app", encoding: .utf8)
        try await cluster.shell(
            host,
            """
            cd \(Self.folder); umask 077
            printf '*:*:*:app:%s\\n' '\(password.filter { $0 != "\n" })' >pass.new; mv pass.new pass
            """)
    }

    private init(cluster: LabCluster, host: String) {
        self.cluster = cluster
        self.host = host
    }

    func acknowledged() async throws -> [Int] {
        try await cluster.shell(host, "cat \(Self.folder)/acknowledged 2>/dev/null || :").split(separator: "\n")
            .compactMap { Int($0) }
    }

    /// Waits until more rows have been acknowledged.
    func waitForRows(_ count: Int = 10, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let before = try await acknowledged().count
        try await cluster.wait("\(count) more rows are acknowledged", sourceLocation: sourceLocation) {
            try await acknowledged().count >= before + count
        }
    }

    /// Ends it, and expects every acknowledged row on each of the nodes.
    func expectNothingLost(on nodes: [String], sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await cluster.shell(host, "touch \(Self.folder)/stop")
        try await cluster.wait("the client ends", sourceLocation: sourceLocation) {
            try await cluster.shell(host, "ls \(Self.folder)").contains("ended")
        }
        let acknowledged = Set(try await acknowledged())
        for node in nodes {
            try await cluster.wait(
                "every acknowledged row is on \(node)", limit: .seconds(20), sourceLocation: sourceLocation
            ) {
                let rows = try await cluster.sql(node, "SELECT n FROM written", database: "app")
                return acknowledged.isSubset(of: rows.split(separator: "\n").compactMap { Int($0) })
            }
        }
    }
}
