import FoundationEssentials
import Glibc
import PostgreSQL
import Testing

/// A PostgreSQL server of the machine's own, in a folder of its own, reached through a Unix socket only.
struct TemporaryServer: Sendable {
    @TaskLocal static var current: TemporaryServer?

    let binaries: String
    let folder: String
    let version: PostgresVersion

    var dataDirectory: String { "\(folder)/data" }
    private var command: Command { Command(folder: folder) }

    /// `KUMKI_POSTGRESQL_BIN`, or the newest version below /usr/lib/postgresql.
    static let installed: String? = {
        if let chosen = environment("KUMKI_POSTGRESQL_BIN") { return chosen }
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.sorted { (Double($0) ?? 0) > (Double($1) ?? 0) }.map { "\(root)/\($0)/bin" }
            .first { directory in
                ["postgres", "initdb", "psql"].allSatisfy { access("\(directory)/\($0)", X_OK) == 0 }
            }
    }()

    static let isRequired = environment("KUMKI_REQUIRE_SERVER") == "1"

    private static func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    static func start() throws -> TemporaryServer {
        guard let binaries = installed else {
            throw Command.Failure(
                description: "KUMKI_REQUIRE_SERVER=1, and there is no server below /usr/lib/postgresql")
        }
        var template = Array("/tmp/kumki-server-\(String(repeating: "X", count: 6))".utf8CString)
        guard mkdtemp(&template) != nil else { throw Command.Failure(description: "mkdtemp failed") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let reported = try Command(folder: folder).run(["\(binaries)/postgres", "--version"])
        guard let version = PostgresVersion(reported: reported) else {
            throw Command.Failure(description: "unsupported: \(reported)")
        }
        let server = TemporaryServer(binaries: binaries, folder: folder, version: version)
        do {
            try server.initialize()
        } catch {
            server.stop()
            throw error
        }
        return server
    }

    private func initialize() throws {
        if geteuid() == 0 {
            guard let account = getpwnam("postgres") else {
                throw Command.Failure(description: "PostgreSQL does not run as root, and there is no account postgres")
            }
            chown(folder, account.pointee.pw_uid, account.pointee.pw_gid)
        }
        try run("initdb", "-D", dataDirectory, "-U", "postgres", "-E", "UTF8", "--locale=C", "--auth=trust", "-N")
        let settings = [
            ("listen_addresses", ""), ("unix_socket_directories", folder), ("fsync", "off"), ("max_connections", "20"),
            ("logging_collector", "off"), ("wal_level", "minimal"), ("max_wal_senders", "0"),
            ("shared_buffers", "16MB"),
        ]
        try append("postgresql.conf", try settings.map { try ConfigurationFile.line($0, $1) + "\n" }.joined())
        try run("pg_ctl", "start", "-w", "-D", dataDirectory, "-l", "\(folder)/log")
    }

    func stop() {
        _ = try? run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", dataDirectory)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// One of the server's programs, as an account that PostgreSQL accepts.
    @discardableResult
    func run(_ program: String, _ words: String...) throws -> String {
        let account = geteuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] : []
        return try command.run(account + ["\(binaries)/\(program)"] + words, environment: ["HOME": folder])
    }

    /// The conninfo of a session, for other roles and databases.
    func conninfo(user: String = "postgres", database: String = "postgres", _ more: [Conninfo.Pair] = []) -> Conninfo {
        Conninfo([.init("host", folder), .init("user", user), .init("dbname", database)] + more)
    }

    /// Rows with fields separated by tabs; write what can hold one as hexadecimal.
    @discardableResult
    func query(_ sql: String, as conninfo: Conninfo? = nil, password: String? = nil) throws -> [[String]] {
        let words = [
            "\(binaries)/psql", "-XqAtw", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d",
            try (conninfo ?? self.conninfo()).text(),
        ]
        let output = try command.run(
            words, input: sql, environment: password.map { ["PGPASSWORD": $0] } ?? [:])
        return output.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// For each statement, run on its own, the SQLSTATE that it ended with: 00000 where it succeeded.
    func states(of statements: [String]) throws -> [String] {
        let script = statements.map { "\($0);\n\\echo :SQLSTATE\n" }.joined()
        return try query("\\set ON_ERROR_STOP off\n\(script)").map { $0.last ?? "" }
    }

    func read(_ file: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: "\(dataDirectory)/\(file)")), as: UTF8.self)
    }

    func write(_ file: String, _ text: String) throws {
        let path = "\(dataDirectory)/\(file)"
        let stream = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard stream >= 0 else { throw Command.Failure(description: "can't write \(path)") }
        close(stream)
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    /// For this process's own account only, as a password file must be.
    func writeSecret(_ path: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
        chmod(path, 0o600)
    }

    func append(_ file: String, _ text: String) throws {
        try write(file, try read(file) + text)
    }
}

/// Starts one server for the whole suite, and stops it whatever happens.
struct ServerTrait: SuiteTrait, TestScoping {
    @concurrent func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let server = try TemporaryServer.start()
        defer { server.stop() }
        try await TemporaryServer.$current.withValue(server) { try await function() }
    }
}

/// What only a real server can confirm.
///
/// Without one the suite says so and is skipped; `KUMKI_REQUIRE_SERVER=1` makes that a failure.
@Suite(
    .serialized,
    .enabled(if: TemporaryServer.installed != nil || TemporaryServer.isRequired, "no PostgreSQL server here"),
    ServerTrait())
struct ServerTests {
    let server: TemporaryServer

    init() throws {
        server = try #require(TemporaryServer.current)
    }
}
