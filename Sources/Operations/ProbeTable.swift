import Diagnostics
import Hosts
import Inventory
import Planning
import PostgreSQL
import Resources

/// `kumki.probe`: one row a verification, by which replication is proved.
struct ProbeTable: Sendable {
    let location: ServerLocation
    let token: String

    struct Written: Sendable {
        var lsn: LSN
    }

    /// A way in that clients take: a pool, or the virtual address in front of several.
    struct Door: Sendable {
        var address: String
        var port: Int
        var user: String
    }

    struct Problem: Error {
        var words: String
    }

    private var isXlog: Bool { location.version < .v10 }

    /// Rows of an hour ago go, so that the table stays small.
    ///
    /// - Parameter guest: a role that may write rows, too.
    func write(
        on host: InventoryHost, guest: String? = nil, _ observer: Observer
    ) async -> Result<Written, Problem> {
        let grants = guest.map {
            "GRANT USAGE ON SCHEMA kumki TO \(SQL.identifier($0)); GRANT INSERT ON kumki.probe TO \(SQL.identifier($0));"
        }
        let current = isXlog ? "pg_current_xlog_location()" : "pg_current_wal_lsn()"
        let statements = """
            SET client_min_messages = warning;
            CREATE SCHEMA IF NOT EXISTS kumki;
            CREATE TABLE IF NOT EXISTS kumki.probe (token text PRIMARY KEY, written timestamptz NOT NULL DEFAULT now());
            \(grants ?? "")
            DELETE FROM kumki.probe WHERE written < now() - interval '1 hour';
            INSERT INTO kumki.probe (token) VALUES (\(SQL.literal(token)));
            SELECT \(current);
            """
        let outcome = await run(Script(ServerShell(location).sql(Content(statements))), on: host, observer)
        switch outcome {
        case .failure(let problem): return .failure(problem)
        case .success(let text):
            guard let lsn = text.split(separator: "\n").last.flatMap({ LSN(String($0)) }) else {
                return .failure(Problem(words: "the primary told no position"))
            }
            return .success(Written(lsn: lsn))
        }
    }

    /// Writes a row as a client would, over the pool's door and with a password; the table is there already.
    func write(through door: Door, from host: InventoryHost, _ observer: Observer) async -> Result<Written, Problem> {
        let statement =
            "INSERT INTO kumki.probe (token) VALUES (\(SQL.literal(token))) RETURNING \(isXlog ? "pg_current_xlog_location()" : "pg_current_wal_lsn()")"
        let shell = ServerShell(location)
        let text = """
            timeout -k 2 20 \(shell.asAccount) PGCONNECT_TIMEOUT=10 PGAPPNAME=kumki \
            \(Shell.quote(location.binDirectory + "/psql")) -XAtqw -v ON_ERROR_STOP=1 -h \(Shell.quote(door.address)) \
            -p \(door.port) -U \(Shell.quote(door.user)) -d postgres -c \(Shell.quote(statement)) </dev/null

            """
        switch await run(Script(Content(text)), on: host, observer) {
        case .failure(let problem): return .failure(problem)
        case .success(let text):
            guard let lsn = text.split(separator: "\n").last.flatMap({ LSN(String($0)) }) else {
                return .failure(Problem(words: "the pool told no position"))
            }
            return .success(Written(lsn: lsn))
        }
    }

    /// Asks until the row is there; of a delayed standby only that it has received it.
    func read(
        on host: InventoryHost, after written: Written, limit: Duration, _ observer: Observer
    ) async -> Verification.Check {
        let isDelayed = host.replication.applyDelay != nil
        let name = isDelayed ? "WAL reaches \(host.name)" : "row reaches \(host.name)"
        let received = isXlog ? "pg_last_xlog_receive_location()" : "pg_last_wal_receive_lsn()"
        let question =
            isDelayed
            ? "SELECT 1 WHERE \(received) >= \(SQL.literal(written.lsn.description))"
            : "SELECT 1 FROM kumki.probe WHERE token = \(SQL.literal(token))"
        let psql = ServerShell(location).psql()
        let tries = Int(limit.components.seconds) * 10
        let text = """
            n=0
            until [ "$(\(psql) -c \(Shell.quote(question)) 2>/dev/null </dev/null)" = 1 ]; do
            n=$((n + 1)); [ "$n" -gt \(tries) ] && exit 1
            sleep 0.1
            done

            """
        let clock = ContinuousClock()
        let start = clock.now
        let outcome = await run(Script(Content(text), limit: limit * 3), on: host, observer)
        let took = clock.now - start
        switch outcome {
        case .success:
            let milliseconds = took.components.seconds * 1000 + took.components.attoseconds / 1_000_000_000_000_000
            return Verification.Check(name: name, passed: true, detail: "\(milliseconds) ms")
        case .failure(let problem):
            let words = problem.words.isEmpty ? "not there after \(limit.components.seconds) s" : problem.words
            return Verification.Check(name: name, passed: false, detail: words)
        }
    }

    private func run(_ script: Script, on host: InventoryHost, _ observer: Observer) async -> Result<String, Problem> {
        do {
            let outcome = try await observer.provider.host(for: host).run(script)
            if outcome.succeeded { return .success(outcome.outputText) }
            return .failure(Problem(words: outcome.errorText.split(separator: "\n").last.map(String.init) ?? ""))
        } catch let error as HostError {
            return .failure(Problem(words: error.message))
        } catch {
            return .failure(Problem(words: "\(error)"))
        }
    }
}
