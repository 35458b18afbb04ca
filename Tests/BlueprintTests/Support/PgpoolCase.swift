import Blueprint
import Diagnostics
import Graph
import Inventory
import Pgpool
import Resources

/// `inventories/pgpool-trio.yaml` with pgpool-II of one version, built from an archive that tells it.
struct PgpoolCase {
    let version: PgpoolVersion
    let design: Design
    private let blueprint: Blueprint

    /// - Parameters:
    ///   - edits: pairs of a text in the inventory and what takes its place.
    ///   - running: settings that the pgpool-II of db3 was started with; nil where nothing is known of any host.
    init(
        _ version: PgpoolVersion, _ edits: [(String, String)] = [], running: [String: String]? = nil,
        secrets: SecretStore = .placeholders
    ) throws {
        let digest = String(repeating: "0", count: 64)
        let source = "{source: {archive: pgpool-II-\(version).9.tar.gz, sha256: \(digest)}}"
        let inventory = try PlaybookTests.inventory(
            "pgpool-trio",
            [
                ("method: scram-sha-256", "method: \(version.supportsSCRAM ? "scram-sha-256" : "md5")"),
                ("\npgpool:\n", "\npgpool:\n  install: \(source)\n"),
            ] + edits)
        self.version = version
        let facts = running.map { settings in
            let text = settings.map { "\($0.key) = '\($0.value)'\n" }.joined()
            let path = PgpoolLocation(inventory, version: nil).startedDirectory + "/pgpool.conf"
            return ClusterFacts(hosts: ["db3": .present(HostFacts(host: "db3", contents: [path: .present(text)]))])
        }
        design = Design(
            inventory: inventory, primary: "db1", facts: facts, templates: BuiltInFolder(.templates), secrets: secrets)
        let playbook = try Playbook(text: BuiltInFolder(.playbooks).text(of: "provision.yaml"), file: "provision.yaml")
        blueprint = try Blueprint(design, playbook: playbook)
    }

    func files(on host: String) -> [(path: String, content: Content)] {
        blueprint.steps.filter { $0.host == host }
            .compactMap { $0.resource as? any RendersFiles }
            .flatMap { $0.renderedFiles.map { ($0.path, $0.content) } }
    }

    /// Nil where no such file is written.
    func file(_ name: String, on host: String = "db2") -> Content? {
        files(on: host).first { $0.path.hasSuffix("/\(name)") }?.content
    }

    /// The lines of pgpool.conf by their names.
    func settings(on host: String = "db2") -> [String: String] {
        let lines = (file("pgpool.conf", on: host)?.masked ?? "").split(separator: "\n")
        let pairs = lines.filter { !$0.hasPrefix("#") }.compactMap { line -> (String, String)? in
            guard let end = line.firstIndex(of: " ") else { return nil }
            return (String(line[..<end]), String(line[end...].dropFirst(3)))
        }
        return Dictionary(pairs) { $1 }
    }

    /// The ids of all steps of one kind.
    func steps<R: Resource>(_: R.Type) -> [String] { blueprint.steps.filter { $0.resource is R }.map(\.id) }

    func isOrdered(_ first: String, before second: String) -> Bool { blueprint.graph.hasEdge(from: first, to: second) }

    func role(_ name: String) -> Role? {
        blueprint.steps.compactMap { $0.resource as? Role }.first { $0.role == name }
    }
}
