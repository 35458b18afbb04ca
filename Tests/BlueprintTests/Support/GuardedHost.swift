import Blueprint
import Diagnostics
import Hosts
import Resources
import TestSupport
import Testing

/// The start guard of db1 in `inventories/demo.yaml`, beside programs that answer as a test wants it.
///
/// One folder stands for the programs', the data directory and the place of the mark. Its clock moves when the guard
/// sleeps.
final class GuardedHost {
    /// What a peer answers.
    enum Answer {
        case primary(Int), standby(Int)
        /// Before version 10: it knows no SHOW there.
        case old(Int)
        /// A primary of another database cluster.
        case other(Int)
        /// `pg_isready` has the exit codes 1 and 2 for these.
        case starting, silent
        case closed, hanging

        /// The exit code of `pg_isready`, then what psql prints.
        fileprivate var text: String {
            switch self {
            case .primary(let timeline): "0\n\(GuardedHost.identifier) \(timeline) 0/5000060 \noff\n"
            case .standby(let timeline): "0\n\(GuardedHost.identifier) \(timeline) 0/5000060 \non\n"
            case .old(let timeline): "0\n\(GuardedHost.identifier) \(timeline) 0/5000060 \nERROR:  syntax error\n"
            case .other(let timeline): "0\n7300000000000000009 \(timeline) 0/5000060 \noff\n"
            case .starting: "1\n"
            case .silent: "2\n"
            case .closed: "0\nWARNING: what else psql says\nFATAL:  password authentication failed for user \"x\"\n"
            case .hanging: "hang\n"
            }
        }
    }

    private static let identifier = "7300000000000000001"
    private static let addresses = ["db2": "198.18.14.12", "db3": "198.18.14.13", "db4": "198.18.14.14"]

    let folder: TemporaryFolder
    /// As the last checkpoint has it; nil when pg_controldata can't tell.
    var timeline: Int? = 1
    /// As the end of a recovery has it.
    var promoted = 0
    /// Seconds.
    var uptime = 86_400
    /// Who is not named is silent.
    var peers: [String: Answer] = [:]

    init(version: String = "15") throws {
        let edits = [
            ("  version: 15\n", "  version: \(version)\n"),
            version == "9.6" ? ("scram-sha-256", "md5") : ("", ""),
            version == "9.6" ? ("method: any", "method: first") : ("", ""),
        ]
        let inventory = try PlaybookTests.inventory("demo", edits.filter { $0.0 != "" })
        let playbook = try Playbook(text: BuiltInFolder(.playbooks).text(of: "provision.yaml"), file: "provision.yaml")
        let blueprint = try Blueprint(PlaybookTests.design(inventory), playbook: playbook)
        let step = try #require(blueprint.steps.first { $0.id == "db1/start guard" })
        let file = try #require(step.resource as? ManagedFile)
        let location = ServerLocation(inventory)
        folder = try TemporaryFolder()
        var text = file.writing.content.revealed
        for path in [location.binDirectory, location.dataDirectory] { text = text.replacing(path, with: folder.path) }
        text = text.replacing(location.startMark, with: "\(folder.path)/mark")
        try folder.write("start-guard", text)
        for (name, lines) in Self.programs {
            try folder.write(name, "#!/bin/sh\ncd \(folder.path) || exit\n\(lines)\n", mode: 0o755)
        }
    }

    private static let programs = [
        // Not root: the guard goes on as who it is.
        "id": "echo 1000",
        "pg_controldata": "cat control",
        "pg_isready": """
        while [ "$1" != -h ]; do shift; done
        echo "$2" >>asked
        read -r status <"peer-$2"
        [ "$status" != hang ] || exec /bin/sleep 600
        exit "$status"
        """,
        "psql": """
        while [ "$1" != -h ]; do shift; done
        tail -n +2 "peer-$2"
        """,
        "cut": "cat clock",
        "sleep": "echo $(($(cat clock) + $1)) >clock",
    ]

    /// How often it asked all peers.
    var looks: Int {
        get throws { try folder.text("asked").split(separator: "\n").count / Self.addresses.count }
    }

    /// Runs the guard and compares how it ends and how its lines begin, in any order.
    func expect(
        _ ending: Outcome.Ending, saying expected: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for (name, address) in Self.addresses { try folder.write("peer-\(address)", (peers[name] ?? .silent).text) }
        try folder.write("asked", "")
        try folder.write("clock", "\(uptime)\n")
        try folder.write("control", control)
        let outcome = try await LocalProgram.run("sh", ["\(folder.path)/start-guard"])
        let lines = outcome.errorText.split(separator: "\n")
        let isSaid = expected.allSatisfy { words in lines.contains { $0.hasPrefix("start guard: \(words)") } }
        #expect(
            outcome.ending == ending && isSaid && lines.count == expected.count,
            "\(outcome.ending)\n\(outcome.errorText)", sourceLocation: sourceLocation)
    }

    private var control: String {
        guard let timeline else { return "" }
        return """
            Database system identifier:           \(Self.identifier)
            Latest checkpoint's TimeLineID:       \(timeline)
            Latest checkpoint's PrevTimeLineID:   1
            Min recovery ending loc's timeline:   \(promoted)

            """
    }
}
