import PostgreSQL

/// The part of a probe that reads the server: its files first, then one session with all the questions.
struct ServerProbeScript {
    let probe: ServerProbe

    private var location: ServerLocation { probe.location }
    private var version: PostgresVersion { location.version }

    var lines: [String] {
        let data = Shell.quote(location.dataDirectory)
        let bin = Shell.quote(location.binDirectory)
        var lines = [
            "D=\(data); B=\(bin); run=; s server",
            "if [ -e \"$D/PG_VERSION\" ]; then read -r v <\"$D/PG_VERSION\"; echo \"version=$v\"",
            "elif [ -d \"$D\" ] && [ ! -e \"$D/\(DataDirectoryMove.mark)\" ]; then for f in \"$D\"/* \"$D\"/.[!.]*; do [ -e \"$f\" ] && [ \"${f##*/}\" != lost+found ] && echo foreign=yes && break; done; fi",
            "[ -e \"$D/standby.signal\" ] && echo signal=standby",
            "for f in \"$D/kumki.failed\" \"$D.kumki-failed\"; do [ -e \"$f\" ] && { printf marker=; head -n 1 \"$f\"; }; done",
            "P=\(location.port)",
            "if [ -e \"$D/postmaster.pid\" ]; then { read -r v; read -r x; read -r x; read -r p; } <\"$D/postmaster.pid\"; "
                // After a power failure the number may be somebody else's.
                + "c=; read -r c <\"/proc/$v/comm\"; if [ \"$c\" = postgres ] || [ \"$c\" = postmaster ]; then run=yes; echo \"pid=$v\"; "
                + "[ -n \"$p\" ] && P=$p && echo \"port=$p\"; fi; fi",
            "if [ -e \"$D/PG_VERSION\" ]; then",
            "if [ -x \"$B/pg_controldata\" ]; then s control; \"$B/pg_controldata\" \"$D\" 2>&1; fi",
            "[ -e \"$D/postgresql.auto.conf\" ] && { s auto; cat \"$D/postgresql.auto.conf\"; }",
            "[ -e \"$D/recovery.conf\" ] && { s recovery; cat \"$D/recovery.conf\"; }",
            "h=; for f in \"$D\"/\(version.walDirectoryName)/*.history; do [ -e \"$f\" ] && h=$f; done",
            "[ -n \"$h\" ] && { s history \"${h##*/}\"; cat \"$h\"; }",
            "fi",
            "if [ -n \"$run\" ] && [ -x \"$B/psql\" ]; then s sql",
        ]
        lines += session(database: "postgres", statements: statements)
        // A server that hangs is not waited for again and again.
        lines += ["q=$?; echo \"status=$q\"; if [ \"$q\" = 0 ]; then :"]
        for database in probe.databases.sorted() {
            lines += ["s extensions \(Shell.quote(database))"]
            lines += session(database: database, statements: ["SELECT extname FROM pg_extension"])
            lines += ["echo \"status=$?\""]
        }
        lines += ["fi; fi"]
        return lines
    }

    private func session(database: String, statements: [String]) -> [String] {
        let sql = statements.map { $0 + ";" }.joined(separator: "\n")
        let shell = ServerShell(location)
        // A server that hangs is looked at a few times in a row while it is replaced.
        return [shell.psql(database: database, connectLimit: 5, port: "\"$P\"") + " <<'KUMKI-SQL'", sql, "KUMKI-SQL"]
    }

    /// Each statement gives one row: a word and a JSON text without line breaks.
    private var statements: [String] {
        [server, settings, roles, databases, slots, standbys, receiver, fileErrors, hbaErrors, rewindGrants, conflicts]
            .compactMap { $0 }
    }

    private var isXlog: Bool { version < .v10 }

    private var server: String {
        let current = isXlog ? "pg_current_xlog_location()" : "pg_current_wal_lsn()"
        let received = isXlog ? "pg_last_xlog_receive_location()" : "pg_last_wal_receive_lsn()"
        let replayed = isXlog ? "pg_last_xlog_replay_location()" : "pg_last_wal_replay_lsn()"
        let file = isXlog ? "pg_xlogfile_name(\(current))" : "pg_walfile_name(\(current))"
        return """
            SELECT 'server', jsonb_build_object(
            'version', current_setting('server_version_num')::int, 'recovery', pg_is_in_recovery(),
            'identifier', (SELECT system_identifier::text FROM pg_control_system()),
            'timeline', CASE WHEN pg_is_in_recovery() THEN greatest(
              (SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint()),
              (SELECT min_recovery_end_timeline FROM pg_control_recovery()))
              ELSE ('x' || substr(\(walFileIfPrimary(file)), 1, 8))::bit(32)::int END,
            'current', CASE WHEN NOT pg_is_in_recovery() THEN \(current)::text END,
            'received', CASE WHEN pg_is_in_recovery() THEN \(received)::text END,
            'replayed', CASE WHEN pg_is_in_recovery() THEN \(replayed)::text END,
            'loaded', extract(epoch FROM pg_conf_load_time()), 'started', extract(epoch FROM pg_postmaster_start_time()))
            """
    }

    /// The WAL file functions raise an error during recovery, so they stand behind a CASE of their own.
    private func walFileIfPrimary(_ file: String) -> String {
        "CASE WHEN pg_is_in_recovery() THEN '00000000' ELSE \(file) END"
    }

    /// Names in lower case, as inventories write them: `TimeZone` is PostgreSQL's spelling.
    ///
    /// What our own session sets hides what the files say; that comes from the files.
    private var settings: String {
        let names = probe.settings.sorted().map(SQL.literal).joined(separator: ",")
        let fromFile = "CASE WHEN f.setting IS NULL THEN 'default' ELSE 'configuration file' END"
        return """
            SELECT 'settings', coalesce(jsonb_object_agg(lower(s.name), jsonb_build_object(
            'setting', CASE WHEN ours THEN coalesce(f.setting, boot_val) ELSE s.setting END, 'unit', unit,
            'vartype', vartype, 'context', context, 'source', CASE WHEN ours THEN \(fromFile) ELSE source END,
            'sourceFile', CASE WHEN ours THEN f.sourcefile ELSE s.sourcefile END, 'bootValue', boot_val,
            'pendingRestart', pending_restart)), '{}')
            FROM (SELECT *, source IN ('client', 'session') AS ours FROM pg_settings) s
            LEFT JOIN pg_file_settings f ON ours AND applied AND lower(f.name) = lower(s.name)
            WHERE source NOT IN ('default', 'override', 'client', 'session') OR f.setting IS NOT NULL
            OR pending_restart OR lower(s.name) = ANY (ARRAY[\(names)]::text[])
            """
    }

    private var roles: String {
        let names = probe.roles.sorted().map(SQL.literal).joined(separator: ",")
        return """
            SELECT 'roles', coalesce(jsonb_object_agg(rolname, jsonb_build_object('superuser', rolsuper, 'createdb',
            rolcreatedb, 'createrole', rolcreaterole, 'replication', rolreplication, 'bypassrls', rolbypassrls,
            'login', rolcanlogin, 'inherit', rolinherit, 'verifier', rolpassword)), '{}') FROM pg_authid
            WHERE rolname = ANY (ARRAY[\(names)]::text[])
            """
    }

    private var databases: String {
        """
        SELECT 'databases', jsonb_object_agg(datname, jsonb_build_object('owner', pg_get_userbyid(datdba),
        'encoding', pg_encoding_to_char(encoding), 'collate', coalesce(datcollate, ''))) FROM pg_database
        """
    }

    private var slots: String {
        let position =
            isXlog
            ? "CASE WHEN pg_is_in_recovery() THEN pg_last_xlog_receive_location() ELSE pg_current_xlog_location() END"
            : "CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END"
        let difference = isXlog ? "pg_xlog_location_diff" : "pg_wal_lsn_diff"
        let walStatus = version >= .v13 ? "wal_status" : "NULL"
        let temporary = version >= .v10 ? "WHERE NOT temporary" : ""
        return """
            SELECT 'slots', coalesce(jsonb_agg(jsonb_build_object('name', slot_name, 'physical', slot_type = 'physical',
            'active', active, 'restartLSN', restart_lsn::text,
            'retainedBytes', \(difference)(\(position), restart_lsn)::bigint, 'walStatus', \(walStatus))
            ORDER BY slot_name), '[]') FROM pg_replication_slots \(temporary)
            """
    }

    private var standbys: String {
        let replayed = isXlog ? "replay_location" : "replay_lsn"
        return """
            SELECT 'standbys', coalesce(jsonb_agg(jsonb_build_object('applicationName', application_name,
            'clientAddress', host(client_addr), 'state', state, 'syncState', sync_state, 'replayedLSN', \(replayed)::text)
            ORDER BY application_name), '[]') FROM pg_stat_replication
            """
    }

    private var receiver: String {
        """
        SELECT 'receiver', jsonb_build_object('status', status, 'conninfo', coalesce(conninfo, ''), 'slotName', slot_name,
        'timeline', received_tli) FROM pg_stat_wal_receiver WHERE status IS NOT NULL
        """
    }

    private var fileErrors: String {
        // A setting that was taken out and waits for a restart is reported with no place and no name.
        """
        SELECT 'file-errors', coalesce(jsonb_agg(coalesce(sourcefile || ':' || sourceline || ': ', '')
        || coalesce(name || ': ', '') || error), '[]') FROM pg_file_settings WHERE error IS NOT NULL
        AND error <> 'setting could not be applied' AND error NOT LIKE '% without restarting the server'
        """
    }

    private var hbaErrors: String? {
        guard version >= .v10 else { return nil }
        return """
            SELECT 'hba-errors', coalesce(jsonb_agg('line ' || line_number || ': ' || error), '[]')
            FROM pg_hba_file_rules WHERE error IS NOT NULL
            """
    }

    /// - Source: PostgreSQL documentation, "The Cumulative Statistics System", pg_stat_database_conflicts.
    private var conflicts: String? {
        guard probe.conflicts else { return nil }
        var reasons = ["tablespace", "lock", "snapshot", "bufferpin", "deadlock"]
        if version >= .v16 { reasons.append("active_logicalslot") }
        let pairs = reasons.map { "'\($0)', coalesce(sum(confl_\($0)), 0)::bigint" }.joined(separator: ", ")
        return "SELECT 'conflicts', jsonb_build_object(\(pairs)) FROM pg_stat_database_conflicts"
    }

    private var rewindGrants: String? {
        guard version >= .v11 else { return nil }
        let functions = version.rewindFunctions.map { SQL.literal($0) }.joined(separator: ",")
        let names = probe.roles.sorted().map(SQL.literal).joined(separator: ",")
        return """
            SELECT 'rewind-grants', coalesce(jsonb_agg(rolname || ' ' || f), '[]') FROM pg_roles,
            unnest(ARRAY[\(functions)]::text[]) f WHERE rolname = ANY (ARRAY[\(names)]::text[])
            AND has_function_privilege(rolname, f, 'EXECUTE')
            """
    }
}
