/// Command lines of PostgreSQL's programs, as words that are still to be quoted for a shell.
///
/// No word ever holds a password: programs take those from a password file.
/// - Source: PostgreSQL documentation of 9.6 to 18, "PostgreSQL Client Applications" and "Server Applications".
package struct ServerProgram: Hashable, Sendable {
    package let version: PostgresVersion

    package init(version: PostgresVersion) {
        self.version = version
    }

    /// Makes a data directory, whose only role is the superuser.
    ///
    /// `passwordFile` holds the superuser's password in its first line.
    package func initdb(
        dataDirectory: String, walDirectory: String? = nil, superuser: String = "postgres", encoding: String,
        locale: String, checksums: Bool, passwordFile: String? = nil
    ) -> [String] {
        var words = ["initdb", "--pgdata=\(dataDirectory)", "--username=\(superuser)"]
        words += ["--encoding=\(encoding)", "--locale=\(locale)", "--auth-local=peer"]
        words.append("--auth-host=\(version.passwordMethod.rawValue)")
        if checksums { words.append("--data-checksums") }
        if !checksums, version.hasChecksumsByDefault { words.append("--no-data-checksums") }
        if let walDirectory { words.append(walOption(walDirectory)) }
        if let passwordFile { words.append("--pwfile=\(passwordFile)") }
        return words
    }

    /// Where the copy's write-ahead log is kept back on the server that it is taken from.
    package enum BackupSlot: Hashable, Sendable {
        /// From 10 on a temporary slot, which the program makes and drops; below that nothing.
        case none
        /// An existing one.
        case existing(String)
        /// One that the program makes (from 11 on; below that it must exist).
        case created(String)
    }

    /// Takes a base backup, its log streamed beside it.
    ///
    /// `maxRate` is bytes a second, 32 kB to 1 GB, nil without a limit.
    package func basebackup(
        conninfo: Conninfo, directory: String, walDirectory: String? = nil, slot: BackupSlot = .none,
        tablespaces: [(old: String, new: String)] = [], maxRate: ByteCount? = nil
    ) throws -> [String] {
        var words = ["pg_basebackup", "--dbname=\(try conninfo.text())", "--pgdata=\(directory)", "--format=plain"]
        words += ["-X", "stream", "--checkpoint=fast", "--no-password"]
        if let walDirectory { words.append(walOption(walDirectory)) }
        if let maxRate { words.append("--max-rate=\(maxRate.bytes / 1024)k") }
        switch slot {
        case .none: break
        case .existing(let name): words.append("--slot=\(name)")
        case .created(let name):
            words.append("--slot=\(name)")
            if canCreateSlot { words.append("--create-slot") }
        }
        for tablespace in tablespaces {
            words.append("--tablespace-mapping=\(escaped(tablespace.old))=\(escaped(tablespace.new))")
        }
        return words
    }

    /// Whether ``basebackup(conninfo:directory:walDirectory:slot:tablespaces:maxRate:)`` makes the slot itself.
    package var canCreateSlot: Bool { version >= .v11 }

    /// Brings a server that was stopped back onto its successor's line.
    ///
    /// `configFile` is a postgresql.conf outside the data directory; below 15 the program can't be told of it.
    /// `restoresWAL` has it fetch WAL that is gone by the `restore_command` of that file, from 13 on.
    package func rewind(
        dataDirectory: String, source: Conninfo, configFile: String? = nil, restoresWAL: Bool = false,
        dryRun: Bool = false
    ) throws -> [String] {
        var words = ["pg_rewind", "--target-pgdata=\(dataDirectory)", "--source-server=\(try source.text())"]
        if let configFile, version.rewindTakesConfigFile { words.append("--config-file=\(configFile)") }
        if restoresWAL, version.rewindRestoresWAL { words.append("--restore-target-wal") }
        if dryRun { words.append("--dry-run") }
        return words
    }

    /// Recovers a server that was not shut down cleanly, alone and without clients; standard input must be empty.
    ///
    /// Needed before ``rewind(dataDirectory:source:configFile:restoresWAL:dryRun:)`` below 13, and wherever `pg_rewind` can't find
    /// the configuration file.
    package func singleUserRecovery(dataDirectory: String, configFile: String? = nil) -> [String] {
        ["postgres", "--single", "-D", dataDirectory]
            + (configFile.map { ["-c", "config_file=\($0)"] } ?? []) + ["postgres"]
    }

    /// Starts, and waits that long: below 10 the program waits only when it is told to.
    package func start(dataDirectory: String, log: String, seconds: Int) -> [String] {
        ["pg_ctl", "start", "--pgdata=\(dataDirectory)", "--log=\(log)", "-w", "--timeout=\(seconds)"]
    }

    /// Stops without waiting for clients, and writes the shutdown checkpoint.
    package func stop(dataDirectory: String, seconds: Int) -> [String] {
        ["pg_ctl", "stop", "--pgdata=\(dataDirectory)", "--mode=fast", "-w", "--timeout=\(seconds)"]
    }

    package func promote(dataDirectory: String, seconds: Int) -> [String] {
        ["pg_ctl", "promote", "--pgdata=\(dataDirectory)", "-w", "--timeout=\(seconds)"]
    }

    private func walOption(_ directory: String) -> String {
        version < .v10 ? "--xlogdir=\(directory)" : "--waldir=\(directory)"
    }

    /// The equals sign stands between old and new directory.
    private func escaped(_ directory: String) -> String {
        directory.escaping("=", as: "\\=")
    }
}

extension PostgresVersion {
    package var programs: ServerProgram { ServerProgram(version: self) }
}
