/// The names of functions and columns about the write-ahead log, which 10 renamed from `xlog` and `location`.
///
/// - Source: PostgreSQL documentation of 9.6 to 18, "System Administration Functions" and "Monitoring Statistics".
package struct WALFunctions: Hashable, Sendable {
    package let version: PostgresVersion

    private var wal: String { version < .v10 ? "xlog" : "wal" }
    private var lsn: String { version < .v10 ? "location" : "lsn" }

    /// On a primary: where the log is written now.
    package var current: String { "pg_current_\(wal)_\(lsn)" }
    /// On a standby: what was received and flushed; null until something was streamed.
    package var lastReceived: String { "pg_last_\(wal)_receive_\(lsn)" }
    /// On a standby: what was replayed.
    package var lastReplayed: String { "pg_last_\(wal)_replay_\(lsn)" }
    /// The same in all versions.
    package var lastReplayedTimestamp: String { "pg_last_xact_replay_timestamp" }
    package var fileName: String { version < .v10 ? "pg_xlogfile_name" : "pg_walfile_name" }
    package var switchFile: String { "pg_switch_\(wal)" }
    package var pauseReplay: String { "pg_\(wal)_replay_pause" }
    package var resumeReplay: String { "pg_\(wal)_replay_resume" }
    package var isReplayPaused: String { "pg_is_\(wal)_replay_paused" }
    package var difference: String { version < .v10 ? "pg_xlog_location_diff" : "pg_wal_lsn_diff" }
    package var startBackup: String { version < .v15 ? "pg_start_backup" : "pg_backup_start" }
    package var stopBackup: String { version < .v15 ? "pg_stop_backup" : "pg_backup_stop" }

    /// Columns of `pg_stat_replication`.
    package var sentColumn: String { "sent_\(lsn)" }
    package var writtenColumn: String { "write_\(lsn)" }
    package var flushedColumn: String { "flush_\(lsn)" }
    package var replayedColumn: String { "replay_\(lsn)" }
    /// `write_lag`, `flush_lag`, `replay_lag`.
    package var hasLagColumns: Bool { version >= .v10 }
    package var hasReplyTime: Bool { version >= .v12 }

    /// The column of `pg_stat_wal_receiver` with what was received and flushed.
    package var receiverColumn: String { version < .v13 ? "received_lsn" : "flushed_lsn" }
    /// The same in all versions: the sender's last reported position.
    package var latestEndColumn: String { "latest_end_lsn" }
    /// `sender_host` and `sender_port`.
    package var hasSenderColumns: Bool { version >= .v11 }

    /// Columns of `pg_replication_slots`.
    package var hasTemporarySlots: Bool { version >= .v10 }
    /// `wal_status` and `safe_wal_size`.
    package var hasSlotStatus: Bool { version >= .v13 }
    package var hasInactiveSince: Bool { version >= .v17 }

    /// Columns of `pg_control_checkpoint()`.
    package var checkpointColumn: String { "checkpoint_\(lsn)" }
    package var redoColumn: String { "redo_\(lsn)" }
}

extension PostgresVersion {
    package var functions: WALFunctions { WALFunctions(version: self) }
}
