/// Settings that make a server ready for replication and failover, where the user says nothing else.
package enum HADefaults {
    /// In the order in which they are written; values as they stand in postgresql.conf.
    ///
    /// `memory` is what the host may use; without it PostgreSQL's own memory settings stay. `isDelayed` is a standby
    /// with `recovery_min_apply_delay`.
    package static func settings(
        version: PostgresVersion, memory: ByteCount? = nil, isDelayed: Bool = false
    ) -> [(name: String, value: String)] {
        replication(version: version) + standby(isDelayed: isDelayed) + security(version: version)
            + (memory.map(memorySettings) ?? [])
    }

    /// What is set besides where an engine watches the servers and fails over.
    package static func underEngine(version: PostgresVersion) -> [(name: String, value: String)] {
        // A standby that is pointed at another upstream looks for it soon: commits wait for that.
        let retry = [("wal_retrieve_retry_interval", "1s")]
        // The engine gets in when clients have taken all connections.
        return version < .v16 ? retry : retry + [("reserved_connections", "3")]
    }

    /// libpq notices a dead peer after 85 s rather than two hours.
    ///
    /// Idle 60 s, five probes 5 s apart.
    package static let keepalives: [Conninfo.Pair] = [
        .init("keepalives_idle", "60"), .init("keepalives_interval", "5"), .init("keepalives_count", "5"),
    ]

    private static func replication(version: PostgresVersion) -> [(name: String, value: String)] {
        [
            // The other nodes connect to it; pg_hba.conf says who may.
            ("listen_addresses", "*"),
            // Standbys need it; 9.6 has minimal.
            ("wal_level", "replica"),
            // pg_rewind needs it, or checksums, and turning it on later takes a restart.
            ("wal_log_hints", "on"),
            // Room for standbys, base backups and archivers beyond the nodes there are: more takes a restart.
            ("max_wal_senders", "20"),
            ("max_replication_slots", "20"),
            // A standby without a slot, or one that returns after a failover, still finds its log.
            version.walKept(ByteCount(bytes: 1 << 30)),
            // Half of PostgreSQL's minute: a dead standby no longer holds a synchronous commit for long.
            ("wal_sender_timeout", "30s"),
            // Archiving can then be set up, or taken away, with a reload.
            ("archive_mode", "on"),
            ("archive_command", "/bin/true"),
        ]
    }

    private static func standby(isDelayed: Bool) -> [(name: String, value: String)] {
        [
            // Every node can be a standby one day; 9.6 has it off.
            ("hot_standby", "on"),
            // Long queries on a standby are not cancelled by vacuum. A delayed standby would hold vacuum back for
            // its whole delay.
            ("hot_standby_feedback", isDelayed ? "off" : "on"),
            // Replay waits that long for a query, and no longer.
            ("max_standby_streaming_delay", "30s"),
        ]
    }

    /// 9.6 knows only whether passwords are hashed at all.
    private static func security(version: PostgresVersion) -> [(name: String, value: String)] {
        [("password_encryption", version.supportsSCRAM ? version.passwordMethod.rawValue : "on")]
    }

    /// - Source: PostgreSQL documentation, "Resource Consumption": a quarter of the memory for shared buffers; the
    ///   other shares are those of common tuning tools.
    private static func memorySettings(_ memory: ByteCount) -> [(name: String, value: String)] {
        let megabytes = memory.bytes >> 20
        return [
            ("shared_buffers", "\(max(16, megabytes / 4))MB"),
            // What the planner takes to be cached: ours and the kernel's.
            ("effective_cache_size", "\(max(64, megabytes * 3 / 4))MB"),
            // For vacuum and CREATE INDEX; autovacuum's workers each take as much.
            ("maintenance_work_mem", "\(min(2048, max(64, megabytes / 16)))MB"),
            // A quarter of the memory over 100 connections, a sort each; queries sort more than once, hence the limit.
            ("work_mem", "\(min(64, max(4, megabytes / 400)))MB"),
        ]
    }
}
