import Diagnostics
import PostgreSQL
import Testing

@Suite struct SettingCatalogTests {
    private func problem(_ name: String, _ value: String = "1", _ version: PostgresVersion = .v15) -> Diagnostic? {
        SettingCatalog.check(name: name, value: value, version: version)
    }

    @Test(
        "every version has its settings, each default one that the version itself accepts",
        arguments: PostgresVersion.supported)
    func defaults(version: PostgresVersion) {
        let all = SettingCatalog.for(version).all
        #expect(all.count > 250)
        for definition in all {
            #expect(definition.version == version)
            if let value = definition.defaultValue {
                #expect(definition.problem(with: value) == nil, "\(definition.name) = \(value)")
            }
        }
    }

    @Test(
        "contexts are those of each version",
        arguments: [
            ("primary_conninfo", PostgresVersion.v11, SettingContext.recoveryFile),
            ("primary_conninfo", .v12, .postmaster),
            ("primary_conninfo", .v13, .sighup), ("restore_command", .v13, .postmaster),
            ("restore_command", .v14, .sighup),
            ("ssl", .v96, .postmaster), ("ssl", .v10, .sighup), ("wal_sender_timeout", .v11, .sighup),
            ("wal_sender_timeout", .v12, .user), ("max_connections", .v18, .postmaster),
            ("hot_standby_feedback", .v15, .sighup),
        ])
    func contexts(name: String, version: PostgresVersion, context: SettingContext) {
        #expect(SettingCatalog.for(version).definition(name)?.context == context)
    }

    @Test("a change takes a restart, a reload, or is impossible")
    func effects() {
        #expect(SettingContext.postmaster.effect == .restart && SettingContext.recoveryFile.effect == .restart)
        #expect(SettingContext.sighup.effect == .reload && SettingContext.user.effect == .reload)
        #expect(SettingContext.internal.effect == .fixed)
    }

    @Test(
        "a name of another version gets the name that is right here",
        arguments: [
            ("wal_keep_segments", PostgresVersion.v13, "setting.renamed", "wal_keep_size"),
            ("wal_keep_size", .v12, "setting.renamed", "wal_keep_segments"),
            ("trigger_file", .v12, "setting.renamed", "promote_trigger_file"),
            ("trigger_file", .v16, "setting.removed", "pg_promote"),
            ("standby_mode", .v12, "setting.removed", "standby.signal"),
            ("stats_temp_directory", .v15, "setting.removed", "shared memory"),
            ("checkpoint_segments", .v96, "setting.renamed", "max_wal_size"),
            ("force_parallel_mode", .v17, "setting.renamed", "debug_parallel_query"),
            ("ssl_groups", .v17, "setting.renamed", "ssl_ecdh_curve"),
            ("max_slot_wal_keep_size", .v12, "setting.unknown", "upgrade"),
            ("max_wal_sender", .v15, "setting.unknown", "did you mean max_wal_senders?"),
            ("shared_bufers", .v15, "setting.unknown", "did you mean shared_buffers?"),
            ("hot_stnadby", .v15, "setting.unknown", "did you mean hot_standby?"),
            ("nonsense", .v15, "setting.unknown", "documentation"), ("x", .v15, "setting.unknown", "documentation"),
            ("", .v15, "setting.unknown", "documentation"),
        ])
    func names(name: String, version: PostgresVersion, code: String, hint: String) {
        let problem = problem(name, "1", version)
        #expect(problem?.code == code)
        #expect(problem?.hint?.contains(hint) == true, "\(problem?.hint ?? "")")
        #expect(problem?.message.isEmpty == false)
    }

    @Test("names are taken in any case, an extension's unseen")
    func accepted() {
        #expect(problem("Max_Connections", "200") == nil)
        #expect(problem("pg_stat_statements.max", "many") == nil)
        #expect(problem("wal_keep_segments", "10", .v12) == nil)
        #expect(problem("recovery_min_apply_delay", "1h", .v11) == nil)
        #expect(problem("a.b c")?.code == "setting.name")
    }

    @Test(
        "a value that the server would refuse is refused",
        arguments: [
            ("max_connections", "0", "setting.range"), ("max_connections", "262144", "setting.range"),
            ("max_connections", "10MB", "setting.value"), ("max_connections", "", "setting.value"),
            ("shared_buffers", "64kB", "setting.range"), ("shared_buffers", "256M", "setting.unit"),
            ("shared_buffers", "256mb", "setting.unit"), ("shared_buffers", "5min", "setting.unit"),
            ("wal_sender_timeout", "-1", "setting.range"), ("wal_sender_timeout", "30sec", "setting.unit"),
            ("checkpoint_completion_target", "1.1", "setting.range"), ("random_page_cost", "x", "setting.value"),
            ("hot_standby", "maybe", "setting.value"), ("hot_standby", "o", "setting.value"),
            ("wal_level", "replicas", "setting.value"),
            ("synchronous_commit", "2", "setting.value"), ("block_size", "8192", "setting.read-only"),
            ("config_file", "/x", "setting.read-only"), ("work_mem", "3TB", "setting.range"),
            ("archive_command", "a\0", "value.nul"),
        ])
    func badValues(name: String, value: String, code: String) {
        #expect(problem(name, value)?.code == code)
    }

    @Test(
        "two spellings of one value are the same",
        arguments: [
            ("shared_buffers", "256MB", "32768"), ("shared_buffers", "0.25GB", "262144kB"), ("work_mem", "4MB", "4096"),
            ("wal_keep_size", "1GB", "1024"), ("wal_sender_timeout", "30s", "30000"),
            ("wal_sender_timeout", "0.5min", " 30 s "),
            ("checkpoint_timeout", "5min", "300"), ("log_rotation_age", "1d", "1440"), ("hot_standby", "on", "TRUE"),
            ("hot_standby", "y", "1"), ("hot_standby", "of", "False"), ("wal_level", "Replica", "hot_standby"),
            ("synchronous_commit", "true", "on"), ("huge_pages", "no", "off"), ("log_min_messages", "debug", "debug2"),
            ("random_page_cost", "1.10", "1.1"), ("random_page_cost", "1.23456789", "1.23457"),
            ("seq_page_cost", "1e0", "1"),
            ("log_file_mode", "0600", "384"), ("max_connections", "0x64", "100"),
            ("vacuum_cost_delay", "2500us", "2.5ms"),
            ("autovacuum_vacuum_cost_delay", "2ms", "2"), ("max_wal_size", "30.1GB", "30822MB"),
            ("max_connections", "99.5", "100"),
        ])
    func same(name: String, one: String, other: String) throws {
        #expect(try #require(SettingCatalog.for(.v15).definition(name)).isSame(one, other))
    }

    @Test(
        "two values are not the same",
        arguments: [
            ("shared_buffers", "256MB", "256"), ("hot_standby", "on", "off"), ("search_path", "public", "PUBLIC"),
            ("random_page_cost", "1.1", "1.2"), ("random_page_cost", "1.1", "-1.1"), ("random_page_cost", "1.1", "11"),
            ("wal_level", "replica", "logical"), ("max_connections", "x", "y"),
        ])
    func different(name: String, one: String, other: String) throws {
        #expect(try !#require(SettingCatalog.for(.v15).definition(name)).isSame(one, other))
    }

    @Test("older versions read numbers as they did")
    func older() throws {
        #expect(problem("max_connections", "99.5", .v11)?.code == "setting.value")
        #expect(problem("shared_buffers", "1.5GB", .v11)?.code == "setting.unit")
        #expect(problem("wal_sender_timeout", "500000us", .v11)?.code == "setting.unit")
        let size = try #require(SettingCatalog.for(.v96).definition("max_wal_size"))
        #expect(size.isSame("1GB", "64"))
        let encryption = try #require(SettingCatalog.for(.v13).definition("password_encryption"))
        #expect(encryption.isSame("on", "md5"))
        #expect(problem("password_encryption", "on", .v14)?.code == "setting.value")
        #expect(problem("password_encryption", "on", .v96) == nil)
    }
}
