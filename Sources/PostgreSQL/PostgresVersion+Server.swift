extension PostgresVersion {
    /// Reads what a server or program says of itself: `15.18 (Debian 15.18-0+deb12u1)`, `9.6.24`, `18beta1`,
    /// `postgres (PostgreSQL) 17.5`.
    ///
    /// Nil for a version that kumki does not support.
    package init?(reported text: String) {
        guard let start = text.firstIndex(where: { $0.isASCII && $0.isNumber }) else { return nil }
        let numbers = text[start...].prefix { $0.isASCII && ($0.isNumber || $0 == ".") }.split(separator: ".")
        guard let major = numbers.first.flatMap({ Int($0) }) else { return nil }
        let minor = numbers.count > 1 ? "." + numbers[1] : ""
        self.init(rawValue: major < 10 ? "\(major)\(minor)" : "\(major)")
    }

    /// Reads `server_version_num`: 150018, 90624.
    ///
    /// Nil for a version that kumki does not support.
    package init?(serverVersionNumber number: Int) {
        self.init(rawValue: number < 100_000 ? "\(number / 10_000).\(number / 100 % 100)" : "\(number / 10_000)")
    }

    /// The folder of the write-ahead log in the data directory.
    package var walDirectoryName: String { self < .v10 ? "pg_xlog" : "pg_wal" }

    /// Whether a standby's settings live in recovery.conf.
    ///
    /// Below 12 a standby.signal is passed over and the server starts as a primary; from 12 on a recovery.conf keeps
    /// it from starting.
    package var usesRecoveryFile: Bool { self < .v12 }

    /// The file in the data directory that makes a server a standby.
    package var standbyFileName: String { usesRecoveryFile ? "recovery.conf" : "standby.signal" }

    /// The setting that names a file whose appearance promotes; nil from 16 on.
    package var triggerFileSetting: String? {
        self < .v12 ? "trigger_file" : self < .v16 ? "promote_trigger_file" : nil
    }

    /// Whether SQL can promote: `pg_promote(wait, wait_seconds)`.
    package var canPromoteInSQL: Bool { self >= .v12 }

    /// Whether a standby takes another `primary_conninfo` and slot on a reload.
    package var canChangeUpstreamByReload: Bool { self >= .v13 }

    /// Whether `synchronous_standby_names` knows `ANY`.
    package var supportsQuorum: Bool { self >= .v10 }

    package var supportsSCRAM: Bool { self >= .v10 }

    /// The method that passwords are kept and asked for with: the best one that the version knows.
    package var passwordMethod: PasswordVerifier.Method { supportsSCRAM ? .scramSHA256 : .md5 }

    /// Whether `max_wal_senders` counts inside `max_connections`, and so must be less.
    package var walSendersCountAsConnections: Bool { self < .v12 }

    /// Settings that a standby must not have below what its primary's log says.
    ///
    /// - Source: PostgreSQL documentation, "Hot Standby Parameter Reference"; `max_wal_senders` from 12 on.
    package var hotStandbySettings: [String] {
        ["max_connections", "max_worker_processes", "max_prepared_transactions", "max_locks_per_transaction"]
            + (self >= .v12 ? ["max_wal_senders"] : [])
    }

    /// Whether a standby whose primary raised one of ``hotStandbySettings`` pauses, instead of stopping.
    package var pausesOnHotStandbySettings: Bool { self >= .v14 }

    /// Keeps that many bytes of old segments: the name and value of the setting.
    ///
    /// Rounded up to whole segments of 16 MB below 13, to whole megabytes from then on.
    package func walKept(_ size: ByteCount) -> (name: String, value: String) {
        let unit = self < .v13 ? WALFileName.defaultSegmentSize : 1 << 20
        let count = (size.bytes + unit - 1) / unit
        return self < .v13 ? ("wal_keep_segments", "\(count)") : ("wal_keep_size", "\(count)MB")
    }

    /// Whether initdb's own pg_hba.conf lets the superuser replicate locally.
    package var initdbAdmitsReplication: Bool { self >= .v10 }

    /// Whether `initdb` makes data checksums unasked.
    package var hasChecksumsByDefault: Bool { self >= .v18 }

    /// Roles that exist from `initdb` on.
    ///
    /// - Source: PostgreSQL documentation, "Predefined Roles"; `pg_roles` of 13, 15, 16, 17 and 18.
    package var predefinedRoles: [String] {
        let since: [(PostgresVersion, [String])] = [
            (.v96, ["pg_signal_backend"]),
            (.v10, ["pg_monitor", "pg_read_all_settings", "pg_read_all_stats", "pg_stat_scan_tables"]),
            (.v11, ["pg_execute_server_program", "pg_read_server_files", "pg_write_server_files"]),
            (.v14, ["pg_database_owner", "pg_read_all_data", "pg_write_all_data"]),
            (.v15, ["pg_checkpoint"]),
            (.v16, ["pg_create_subscription", "pg_use_reserved_connections"]),
            (.v17, ["pg_maintain"]),
            (.v18, ["pg_signal_autovacuum_worker"]),
        ]
        return since.filter { $0.0 <= self }.flatMap(\.1)
    }
}

extension PostgresVersion {
    /// Whether `pg_rewind` may connect as a role that is no superuser, given ``rewindFunctions``.
    package var canRewindWithGrants: Bool { self >= .v11 }

    /// The functions that such a role must be allowed to execute, in the database that it connects to.
    ///
    /// - Source: PostgreSQL documentation, "pg_rewind".
    package var rewindFunctions: [String] {
        canRewindWithGrants
            ? [
                "pg_catalog.pg_ls_dir(text, boolean, boolean)",
                "pg_catalog.pg_stat_file(text, boolean)",
                "pg_catalog.pg_read_binary_file(text)",
                "pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean)",
            ] : []
    }

    /// Whether `pg_rewind` itself recovers a target that was not shut down cleanly.
    package var rewindRecoversTarget: Bool { self >= .v13 }

    /// Whether `pg_rewind` can fetch WAL that is gone from the target by its `restore_command`.
    package var rewindRestoresWAL: Bool { self >= .v13 }

    /// Whether a server that was just promoted needs a `CHECKPOINT` before others are rewound from it.
    ///
    /// Without one, 9.6 to 12 were seen to diverge, 10 silently.
    package var rewindNeedsCheckpoint: Bool { self < .v17 }

    /// Whether `pg_rewind` can be told where a postgresql.conf outside the data directory is.
    package var rewindTakesConfigFile: Bool { self >= .v15 }
}
