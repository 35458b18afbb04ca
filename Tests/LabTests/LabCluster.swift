import Diagnostics
import FoundationEssentials
import Hosts
import Inventory
import Lab
import Synchronization
import Testing

/// A lab of one test, with a network of its own and the built `kumki` beside it.
///
///     try await LabCluster.with(text) { cluster in
///         try await cluster.kumki("apply", "--yes", expecting: 0)
///     }
///
/// In the inventory's text `$CLUSTER` becomes a name that no other test uses, `$NET` the first three numbers of a
/// network of its own, and `$LAB` the lab's folder, for `identity_file: $LAB/id_ed25519` and secrets.
final class LabCluster: Sendable {
    let name: String
    /// The first three numbers of every address: `198.18.101`.
    let network: String
    /// The inventory's folder.
    let folder: String
    /// The inventory as the test gave it.
    let text: String
    let lab: Lab
    /// Where the hosts' disks lie on this machine, once asked for.
    let disks = Mutex<[String: String]>([:])

    var file: String { "\(folder)/\(name).yaml" }

    private init(name: String, network: String, folder: String, text: String, lab: Lab) {
        self.name = name
        self.network = network
        self.folder = folder
        self.text = text
        self.lab = lab
    }

    /// Brings a lab up, runs `body`, and takes the lab down again, whatever happened.
    ///
    /// Containers have PostgreSQL's packages already, unless the options say otherwise.
    static func with(
        _ text: String, options: Lab.Options = .init(prebuilt: true), _ body: (LabCluster) async throws -> Void
    ) async throws {
        await LabTurns.shared.take()
        do {
            try await build(text, options, body)
        } catch {
            await LabTurns.shared.giveBack()
            throw error
        }
        await LabTurns.shared.giveBack()
    }

    private static func build(
        _ text: String, _ options: Lab.Options, _ body: (LabCluster) async throws -> Void
    ) async throws {
        let claim = try await NetworkClaim.next()
        let name = "t\(claim.number)"
        let folder = "/var/tmp/kumki-tests/\(name)"
        let network = "198.18.\(claim.number)"
        let text = text.replacing("$LAB", with: ".kumki/lab/\(name)").replacing("$CLUSTER", with: name)
            .replacing("$NET", with: network)
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = "\(folder)/\(name).yaml"
        try Data(text.utf8).write(to: URL(filePath: file))

        let reading = InventoryReader.read(bytes: Array(text.utf8), file: file)
        guard let inventory = reading.inventory else { throw reading.problems }
        let lab = try await Lab(inventory, options: options)
        // A test that was killed may have left a lab on this network; the claim says that nobody uses it now.
        _ = try await lab.down()
        let cluster = LabCluster(name: name, network: network, folder: folder, text: text, lab: lab)
        do {
            _ = try await lab.up()
            try await cluster.findDisks()
            try await body(cluster)
        } catch {
            _ = try? await lab.down()
            throw error
        }
        _ = try await lab.down()
        _ = consume claim
    }

    /// Rewrites the inventory's text; the next command reads the new one.
    func edit(_ change: (String) -> String) throws {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let new = change(text)
        #expect(new != text, "the edit of the inventory changes nothing")
        try Data(new.utf8).write(to: URL(filePath: file))
    }

    /// Runs `kumki COMMAND INVENTORY ARGUMENTS…` and records an issue when it ends with another status.
    @discardableResult
    func kumki(
        _ command: String, _ arguments: String..., expecting status: Int32? = nil,
        environment: [String: String] = [:], limit: Duration = .seconds(300),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Outcome {
        try await run(
            command, arguments, expecting: status, environment: environment, limit: limit,
            sourceLocation: sourceLocation)
    }

    @discardableResult
    func run(
        _ command: String, _ arguments: [String], expecting status: Int32? = nil,
        environment: [String: String] = [:], limit: Duration = .seconds(300),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Outcome {
        let variables = ["NO_COLOR": "1"].merging(environment) { $1 }.map { "\($0)=\($1)" }
        let words = [Self.binary] + command.split(separator: " ").map(String.init) + [file] + arguments
        let outcome = try await LocalPrograms().run(Command("env", variables + words, limit: limit))
        if let status, outcome.ending != .exit(status) {
            Issue.record(
                """
                kumki \(command) \(arguments.joined(separator: " ")): \(outcome.ending), expected \(status)
                \(outcome.outputText)\(outcome.errorText)
                """, sourceLocation: sourceLocation)
        }
        return outcome
    }

    /// Runs a script as root on a host, past kumki and SSH; records an issue when it fails.
    @discardableResult
    func shell(
        _ host: String, _ script: String, limit: Duration = .seconds(60),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let outcome = try await lab.execute(Script(Content(script), limit: limit), on: host)
        if !outcome.succeeded {
            Issue.record(
                "\(host): \(script)\n\(outcome.outputText)\(outcome.errorText)", sourceLocation: sourceLocation)
        }
        return outcome.outputText
    }

    /// Asks PostgreSQL on a host, as its superuser; rows are lines, columns are apart by `|`.
    func sql(
        _ host: String, _ statement: String, database: String = "postgres", port: Int = 5432,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let quoted = "'" + statement.replacing("'", with: #"'\''"#) + "'"
        let script =
            "cd / && runuser -u postgres -- psql -XAtq -v ON_ERROR_STOP=1 -p \(port) -d \(database) -c \(quoted)"
        return try await shell(host, script, sourceLocation: sourceLocation).trimmingSuffix { $0 == "\n" }
    }

    /// Waits until a condition holds, and records an issue when it does not in time.
    func wait(
        _ what: String, limit: Duration = .seconds(60), every pause: Duration = .milliseconds(200),
        sourceLocation: SourceLocation = #_sourceLocation,
        until condition: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + limit
        while try await !condition() {
            guard ContinuousClock.now < end else {
                Issue.record("not within \(limit): \(what)", sourceLocation: sourceLocation)
                return
            }
            try await Task.sleep(for: pause)
        }
    }

    /// The `kumki` that was built with the tests.
    static var binary: String {
        let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: runner).deletingLastPathComponent().appending(path: "kumki").path
    }
}

/// One of the /24 networks that tests may use, claimed among all test runs of this machine.
struct NetworkClaim: ~Copyable {
    let number: Int
    private let lock: FileLock

    private init(number: Int, lock: consuming FileLock) {
        self.number = number
        self.lock = lock
    }

    static func next() async throws -> NetworkClaim {
        for number in 100..<200 {
            if let lock = try FileLock.attempt("test-\(number)") { return NetworkClaim(number: number, lock: lock) }
        }
        throw Diagnostic.error("lab.lock", "a hundred test labs run at once")
    }
}

extension String {
    fileprivate func trimmingSuffix(_ isTrimmed: (Character) -> Bool) -> String {
        String(self[..<(lastIndex { !isTrimmed($0) }.map { index(after: $0) } ?? startIndex)])
    }
}
