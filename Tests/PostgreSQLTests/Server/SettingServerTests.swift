import Diagnostics
import PostgreSQL
import Testing

extension ServerTests {
    /// Settings that came to a major version with a minor release, or that Debian's builds add.
    private static let later: Set<String> = [
        "composite_type_mismatch", "extension_destdir", "output_plugin_libraries", "restrict_nonsystem_relation_kind",
    ]

    /// Values that depend on how the server was built.
    private static let built: Set<String> = [
        "default_toast_compression", "io_method", "krb_server_keyfile", "ssl_ciphers", "ssl_ecdh_curve", "ssl_groups",
        "unix_socket_directories", "wal_compression",
    ]

    /// What they accept depends on more than a range: the machine, the session; after `exit_on_error` an error ends it.
    private static let circumstantial: Set<String> = [
        "exit_on_error", "max_stack_depth", "tcp_keepalives_count", "tcp_keepalives_idle", "tcp_keepalives_interval",
        "tcp_user_timeout", "vacuum_buffer_usage_limit",
    ]

    @Test("the catalog says what pg_settings says")
    func catalog() throws {
        let rows = try server.query(
            """
            select name, context, vartype, coalesce(unit, ''), coalesce(min_val, ''), coalesce(max_val, ''),
            coalesce(array_to_string(enumvals, ','), ''), coalesce(boot_val, '(none)') from pg_settings where name !~ '[.]';
            """)
        let catalog = SettingCatalog.for(server.version)
        let names = Set(rows.map { $0[0] })
        #expect(names.subtracting(catalog.all.map(\.name)).subtracting(Self.later) == [])
        #expect(Set(catalog.all.map(\.name)).subtracting(names).subtracting(Self.later) == [])
        for row in rows {
            guard let definition = catalog.definition(row[0]) else { continue }
            #expect(definition.context.rawValue == row[1], "\(row[0])")
            if definition.context == .internal { continue }
            switch definition.kind {
            case .bool: #expect(row[2] == "bool", "\(row[0])")
            case .string: #expect(row[2] == "string", "\(row[0])")
            case .enumeration:
                #expect(row[2] == "enum", "\(row[0])")
                if !Self.built.contains(row[0]) {
                    #expect(row[6] == definition.words.joined(separator: ","), "\(row[0])")
                }
            case .integer(let unit, let range):
                #expect(row[2] == "integer" && row[3] == unit?.rawValue ?? "", "\(row[0])")
                #expect(row[4] == "\(range.lowerBound)" && row[5] == "\(range.upperBound)", "\(row[0])")
            case .real(let unit, let range):
                #expect(row[2] == "real" && row[3] == unit?.rawValue ?? "", "\(row[0])")
                #expect(Double(row[4]) == range.lowerBound && Double(row[5]) == range.upperBound, "\(row[0])")
            }
            if !Self.built.contains(row[0]) { #expect(definition.defaultValue ?? "(none)" == row[7], "\(row[0])") }
        }
    }

    @Test("values are accepted, refused and understood as by the server")
    func values() throws {
        var generator = SeededGenerator(seed: 13)
        let numbers = [
            "0", "1", "-1", "100", "1024", "0x10", "010", "08", "1.5", ".5", "1.", "1e3", "99999999999", "2147483647",
            "-0.0", "+7", "", " 5 ",
        ]
        let units = ["", "", "B", "kB", "MB", "GB", "TB", "mb", "us", "ms", "s", "min", "h", "d", " MB", "MB ", "x"]
        let words = [
            "on", "off", "true", "False", "t", "o", "of", "ye", "no", "1", "0", "auto", "try", "debug", "info",
            "replica", "hot_standby", "", "md5", "always", "local", "safe_encoding", "ISO",
        ]
        let settable = SettingCatalog.for(server.version).all.filter {
            [.user, .superuser].contains($0.context) && $0.kind != .string && !$0.name.hasPrefix("transaction_")
                && !Self.circumstantial.contains($0.name)
        }
        var cases: [(definition: SettingDefinition, value: String)] = []
        for definition in settable {
            for _ in 0..<12 {
                let isNumber =
                    if case .integer = definition.kind { true } else if case .real = definition.kind { true } else {
                        false
                    }
                let value =
                    isNumber
                    ? (numbers.randomElement(using: &generator) ?? "") + (units.randomElement(using: &generator) ?? "")
                    : words.randomElement(using: &generator) ?? ""
                cases.append((definition, value))
            }
        }
        let function = """
            create function pg_temp.try(n text, v text) returns text language plpgsql as $$
            begin
              perform set_config(n, v, true);
              -- An error takes the change back, so that no setting bears on the next.
              raise exception using errcode = 'K0001', message = (select setting from pg_settings where name = n);
            exception
              when sqlstate 'K0001' then return sqlerrm;
              when others then return '(refused)';
            end $$;
            """
        let rows = try cases.map { "(\(try Quoting.literal($0.definition.name)), \(try Quoting.literal($0.value)))" }
        let results = try server.query(
            "\(function) set client_min_messages = error; select pg_temp.try(n, v) from (values \(rows.joined(separator: ",\n"))) as t (n, v);"
        )
        #expect(results.count == cases.count)
        for (result, (definition, value)) in zip(results, cases) {
            let isRefused = result[0] == "(refused)"
            let problem = definition.problem(with: value)
            #expect((problem != nil) == isRefused, "\(definition.name) = \(value.debugDescription): \(result[0])")
            if problem == nil, !isRefused {
                #expect(
                    definition.isSame(value, result[0]), "\(definition.name) = \(value.debugDescription): \(result[0])")
            }
        }
    }

    @Test("settings that can't stand in a configuration file are those that ALTER SYSTEM refuses")
    func inFile() throws {
        let all = SettingCatalog.for(server.version).all
        let states = try server.states(
            of: try all.map { "alter system set \($0.name) = \(try Quoting.literal($0.defaultValue ?? ""))" })
        try server.query("alter system reset all;")
        #expect(states.count == all.count)
        // cant_change_runtime_param, also for what may stand in postgresql.conf alone.
        let refused = zip(states, all).filter { $0.0 == "55P02" }.map(\.1.name).filter {
            $0 != "data_directory" && $0 != "allow_alter_system"
        }
        let ours = all.map(\.name).filter { name in
            SettingCatalog.check(name: name, value: "", version: server.version)?.code == "setting.read-only"
        }
        #expect(Set(ours) == Set(refused))
    }

    @Test("synchronous_standby_names is understood as by the server")
    func synchronousNames() throws {
        var generator = SeededGenerator(seed: 14)
        let pieces = [
            "FIRST", "any", "1", "2", "0", "(", ")", ",", " ", "a", "b1", "\"x y\"", "\"", "*", "$", "db_2", "é", "-",
        ]
        let templates = ["ANY 1 (%)", "first 2(%)", "3 (%)", "%", "% (a)"]
        let values = (0..<400).map { _ in
            let inner = (0..<Int.random(in: 1...4, using: &generator))
                .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            let template = templates.randomElement(using: &generator) ?? "%"
            return String(template.flatMap { $0 == "%" ? inner : String($0) })
        }
        let states = try server.states(
            of: try values.map { "alter system set synchronous_standby_names = \(try Quoting.literal($0))" })
        try server.query("alter system reset all;")
        #expect(states.count == values.count)
        for (state, value) in zip(states, values) {
            #expect((SynchronousStandbys(parsing: value) != nil) == (state == "00000"), "\(value.debugDescription)")
        }
    }

    @Test("pg_controldata's output is read")
    func controlData() throws {
        let control = try ControlData(parsing: server.run("pg_controldata", "-D", server.dataDirectory))
        #expect(control.majorVersion == server.version)
        #expect(control.state == .inProduction)
        #expect(control.hotStandby.maxConnections == 20 && control.walLevel == "minimal")
        let rows = try server.query("select system_identifier from pg_control_system();")
        #expect(rows == [[control.systemIdentifier.description]])
    }

    @Test("functions, columns and roles of the version are there")
    func vocabulary() throws {
        let functions = server.version.functions
        for name in [
            functions.current, functions.lastReceived, functions.lastReplayed, functions.lastReplayedTimestamp,
            functions.fileName,
            functions.switchFile, functions.pauseReplay, functions.resumeReplay, functions.isReplayPaused,
            functions.difference,
            functions.startBackup, functions.stopBackup,
        ] {
            #expect(
                try server.query("select count(*) > 0 from pg_proc where proname = '\(name)';") == [["t"]], "\(name)")
        }
        try server.query(
            """
            select \(functions.sentColumn), \(functions.writtenColumn), \(functions.flushedColumn), \(functions.replayedColumn)
            from pg_stat_replication;
            select \(functions.receiverColumn), \(functions.latestEndColumn) from pg_stat_wal_receiver;
            select \(functions.checkpointColumn), \(functions.redoColumn) from pg_control_checkpoint();
            """)
        for function in server.version.rewindFunctions {
            try server.query("select '\(function)'::regprocedure;")
        }
        let roles = try server.query("select rolname from pg_roles where rolname ~ '^pg_' order by 1;").map { $0[0] }
        #expect(roles == server.version.predefinedRoles.sorted())
    }
}
