package import Diagnostics
import PostgreSQL

/// Shell words that speak to the server of one host.
package struct ServerShell: Sendable {
    package let location: ServerLocation

    package init(_ location: ServerLocation) {
        self.location = location
    }

    /// What precedes a command that runs as the server's account: an exact switch, without a login shell.
    package var asAccount: String {
        let account = Shell.quote(location.account)
        return "setpriv --reuid=\(account) --regid=\(account) --init-groups env HOME=\(Shell.quote(location.home))"
    }

    /// A program of the server's own version, run as the server's account.
    package func program(_ name: String) -> String {
        "\(asAccount) \(Shell.quote(location.binDirectory + "/" + name))"
    }

    /// A whole command line, the program's name first.
    package func program(_ words: [String]) -> String {
        guard let name = words.first else { return ":" }
        return "\(program(name)) \(Shell.quote(words.dropFirst()))"
    }

    /// A session as the superuser over the local socket, bounded in time, that never waits for a standby or a lock.
    ///
    /// - Parameters:
    ///   - connectLimit: seconds until a server that does not answer is given up.
    ///   - limit: seconds for all of it.
    ///   - port: a shell word, where the server may listen on another port than is declared.
    package func psql(
        database: String = "postgres", stopOnError: Bool = false, connectLimit: Int = 10, limit: Int = 40,
        port: String? = nil
    ) -> String {
        let options = [
            "synchronous_commit=local", "lock_timeout=5000", "lc_messages=C", "client_encoding=UTF8",
            "standard_conforming_strings=on", "client_min_messages=warning",
        ]
        let settings = options.map { "-c \($0)" }.joined(separator: " ")
        let environment = [
            "PGCONNECT_TIMEOUT=\(connectLimit)", "PGAPPNAME=kumki", "PGOPTIONS=\(settings)",
            "PGHOST=\(location.socketDirectory)",
            "PGUSER=\(location.account)", "PGDATABASE=\(database)",
        ]
        let stop = stopOnError ? " -v ON_ERROR_STOP=1" : ""
        return "timeout -k 2 \(limit) \(asAccount) PGPORT=\(port ?? String(location.port)) \(Shell.quote(environment)) "
            + "\(Shell.quote(location.binDirectory + "/psql")) -XAtq -v VERBOSITY=terse -F '\t'\(stop)"
    }

    /// Ends with 0 unless the server is silent for three seconds; a session would wait for longer.
    var answers: String {
        "{ \(Shell.quote(location.binDirectory + "/pg_isready")) -q -t 3 -h \(location.socketDirectory) "
            + "-p \(location.port); [ $? -ne 2 ]; }"
    }

    /// Statements fed to psql on standard input, so that nothing of them stands on a command line.
    ///
    /// printf is built into the shell: neither a process nor a temporary file ever holds the text.
    package func sql(_ statements: Content, database: String = "postgres", limit: Int = 40) -> Content {
        var line: Content = "printf '%s\\n' "
        line += Shell.quote(statements)
        line.append(" | \(psql(database: database, stopOnError: true, limit: limit))\n")
        return line
    }

    /// Asks ten times a second until the answer is as wanted, or fails with these words.
    func wait(until question: String, is answer: String = "t", seconds: Int, or words: String) -> String {
        """
        n=0
        until [ "$(\(psql()) -c \(Shell.quote(question)))" = \(answer) ]; do
        n=$((n + 1))
        if [ "$n" -gt \(seconds * 10) ]; then echo \(Shell.quote(words)) >&2; exit 1; fi
        sleep 0.1
        done

        """
    }

    /// Starts the server and returns once it takes connections, or fails with its last words.
    package var start: String { control("start", "start") + waitUntilReady }

    package var restart: String { control("restart", "-m fast restart") + waitUntilReady }

    /// A clean stop; it waits until the server is down.
    package var stop: String { control("stop", "-m fast stop") }

    /// A clean stop that must not take longer; else the server is brought down without its last checkpoint, and fails.
    package func stop(within limit: Duration) -> String {
        let seconds = max(1, Int(limit.components.seconds))
        let data = Shell.quote(location.dataDirectory)
        return """
            stop_cleanly() {
            \(program("pg_ctl")) -D \(data) -w -t \(seconds) -m fast stop </dev/null >/dev/null 2>&1 9>&-
            }
            if ! stop_cleanly; then
            \(program("pg_ctl")) -D \(data) -w -t 60 -m immediate stop </dev/null >/dev/null 2>&1 9>&- || :
            echo "the server did not stop within \(seconds) s: a transaction or a walsender holds it; it was brought down at once instead" >&2
            exit 1
            fi
            [ ! -d /run/systemd/system ] || systemctl stop \(Shell.quote(location.unit))

            """
    }

    /// Ends the recovery of a standby; it returns once writes are taken.
    ///
    /// - Parameter seconds: what was received is replayed first, which may take a while.
    package func promote(within seconds: Int) -> String {
        let promote =
            location.version >= .v12
            ? "[ \"$(\(psql(limit: seconds + 30)) -c 'SELECT pg_promote(true, \(seconds))')\" = t ]"
            : "\(program("pg_ctl")) -D \(Shell.quote(location.dataDirectory)) promote >/dev/null"
        let ended = wait(
            until: "SELECT pg_is_in_recovery()", is: "f", seconds: seconds, or: "PostgreSQL is still in recovery")
        return "\(promote) || { echo 'PostgreSQL did not end its recovery' >&2; exit 1; }\n" + ended
    }

    package var reload: String {
        "\(psql(stopOnError: true)) -c 'SELECT pg_reload_conf()' >/dev/null\n"
    }

    private var logFile: String { "/var/log/postgresql/kumki-\(location.version)-\(location.port).log" }

    /// systemd where it runs; pg_ctl where there is none. A server that pg_ctl starts must not keep our lock (fd 9).
    private func control(_ verb: String, _ arguments: String) -> String {
        let unit = Shell.quote(location.unit)
        let data = Shell.quote(location.dataDirectory)
        let log = Shell.quote(logFile)
        let options = Shell.quote("-c config_file=\(location.configFile)")
        var plain = "\(program("pg_ctl")) -w -t 300 -D \(data)"
        if verb != "stop" { plain += " -o \(options) -l \(log)" }
        plain += " \(arguments) </dev/null >/dev/null 2>&1 9>&- || failed=yes"
        let folders = [
            "install -d -o \(location.account) -g \(location.account) -m 2775 \(Shell.quote(location.socketDirectory))",
            "install -d -o \(location.account) -g \(location.account) -m 0755 /var/log/postgresql",
        ]
        let reset = verb == "stop" ? "" : "systemctl reset-failed \(unit) 2>/dev/null || :\n"
        let prepare = verb == "stop" ? "" : folders.joined(separator: "\n") + "\n"
        let text = """
            failed=
            if [ -d /run/systemd/system ]; then
            \(reset)systemctl \(verb) \(unit) || failed=yes
            else
            \(prepare)\(plain)
            fi

            """
        if verb != "stop", let guardFile = location.startGuard { return guarded(text, by: guardFile) }
        return text + "if [ -n \"$failed\" ]; then \(lastWords); exit 1; fi\n"
    }

    /// A start or restart that its guard may refuse. systemd runs the guard itself, and its journal has the words.
    private func guarded(_ start: String, by guardFile: String) -> String {
        let guardFile = Shell.quote(guardFile)
        let mark = Shell.quote(location.startMark)
        let journal = "journalctl -q --no-pager -o cat --since \"@$began\" -u \(Shell.quote(location.unit))"
        return """
            began=$(date +%s)
            : >\(mark)
            if [ ! -d /run/systemd/system ] && [ -x \(guardFile) ] && ! \(guardFile); then rm -f -- \(mark); exit 1; fi
            \(start)rm -f -- \(mark)
            if [ -n "$failed" ]; then
            \(journal) 2>/dev/null | grep '^start guard: refused' >&2 || \(lastWords)
            exit 1
            fi

            """
    }

    /// What the server said last, on standard error.
    private var lastWords: String {
        let log = Shell.quote("/var/log/postgresql/postgresql-\(location.version)-main.log")
        let unit = Shell.quote(location.unit)
        return "{ echo \"PostgreSQL's last words:\"; if [ -s \(log) ]; then tail -n 15 \(log); "
            + "elif [ -s \(Shell.quote(logFile)) ]; then tail -n 15 \(Shell.quote(logFile)); "
            + "else journalctl -n 15 --no-pager -u \(unit); fi; } >&2 2>&1 || :"
    }

    /// Asks once every tenth of a second, at most a minute, and gives up at once when the server has died.
    private var waitUntilReady: String {
        let ready =
            "\(Shell.quote(location.binDirectory + "/pg_isready")) -q -U \(location.account) -d postgres -h \(Shell.quote(location.socketDirectory)) "
        // A unit may count as started before the server has written its file.
        return """
            gone() {
            [ ! -e \(Shell.quote(location.dataDirectory + "/postmaster.pid")) ] || return 1
            [ ! -d /run/systemd/system ] || ! systemctl -q is-active \(Shell.quote(location.unit))
            }
            n=0
            until \(ready)-p \(location.port); do
            n=$((n + 1))
            if [ "$n" -gt 600 ] || gone; then
            echo "the server does not take connections on port \(location.port)" >&2
            \(lastWords)
            exit 1
            fi
            sleep 0.1
            done

            """
    }
}
