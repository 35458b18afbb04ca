import Diagnostics

extension SettingCatalog {
    private struct Change {
        /// The first version that no longer has the name.
        let version: PostgresVersion
        let name: String
        /// Nil: gone without a successor of that name.
        let successor: String?
        let hint: String
    }

    /// - Source: PostgreSQL's release notes.
    private static let changes: [Change] = [
        renamed(.v96, "checkpoint_segments", "max_wal_size", "one segment was 16MB"),
        renamed(.v96, "replication_timeout", "wal_sender_timeout"),
        renamed(.v96, "unix_socket_directory", "unix_socket_directories"),
        renamed(.v96, "sort_mem", "work_mem"),
        renamed(.v96, "vacuum_mem", "maintenance_work_mem"),
        gone(.v96, "ssl_renegotiation_limit", "renegotiation is off"),
        renamed(.v10, "min_parallel_relation_size", "min_parallel_table_scan_size"),
        gone(.v10, "sql_inheritance", "write ONLY in the query"),
        gone(.v11, "replacement_sort_tuples", "sorting no longer needs it"),
        gone(.v12, "default_with_oids", "tables no longer have OIDs"),
        gone(.v12, "standby_mode", "standby.signal takes its place, and kumki writes it"),
        renamed(.v12, "trigger_file", "promote_trigger_file"),
        renamed(.v13, "wal_keep_segments", "wal_keep_size", "one segment is 16MB"),
        gone(.v14, "operator_precedence_warning", "it was for the move from 9.4"),
        gone(.v14, "vacuum_cleanup_index_scale_factor", "vacuum decides by itself"),
        gone(.v15, "stats_temp_directory", "statistics are in shared memory"),
        renamed(.v16, "force_parallel_mode", "debug_parallel_query"),
        gone(.v16, "promote_trigger_file", "promote with pg_promote() or pg_ctl promote"),
        gone(.v16, "vacuum_defer_cleanup_age", "hot_standby_feedback and slots hold rows back"),
        gone(.v17, "db_user_namespace", "there is no successor"),
        gone(.v17, "old_snapshot_threshold", "use transaction_timeout or idle_in_transaction_session_timeout"),
        gone(.v17, "trace_recovery_messages", "use log_min_messages"),
        renamed(.v18, "ssl_ecdh_curve", "ssl_groups"),
    ]

    private static func renamed(
        _ version: PostgresVersion, _ name: String, _ successor: String, _ remark: String? = nil
    ) -> Change {
        Change(version: version, name: name, successor: successor, hint: remark.map { ", \($0)" } ?? "")
    }

    private static func gone(_ version: PostgresVersion, _ name: String, _ hint: String) -> Change {
        Change(version: version, name: name, successor: nil, hint: hint)
    }

    /// Why this version has no setting of that name.
    func absence(of name: String) -> Diagnostic {
        let folded = name.asciiLowercased
        if let change = Self.changes.last(where: { $0.name == folded && $0.version <= version }) {
            return departure(change, name)
        }
        if let change = Self.changes.last(where: { $0.successor == folded && $0.version > version }),
            definition(change.name) != nil
        {
            return .error(
                "setting.renamed", "\(name) is the name from PostgreSQL \(change.version) on",
                hint: "up to then it is \(change.name)\(change.hint)")
        }
        if let later = PostgresVersion.supported.first(where: {
            $0 > version && SettingCatalog.for($0).definition(folded) != nil
        }) {
            return .error(
                "setting.unknown", "\(name) is there from PostgreSQL \(later) on, the inventory says \(version)",
                hint: "take the setting out, or upgrade first")
        }
        let suggestion = suggestion(for: folded).map { "did you mean \($0)?" }
        return .error(
            "setting.unknown", "PostgreSQL \(version) has no setting \(name)",
            hint: suggestion ?? "look it up in the documentation of that version; an extension's setting has a dot")
    }

    private func departure(_ change: Change, _ name: String) -> Diagnostic {
        // A successor may itself have gone since.
        guard let successor = change.successor else {
            return .error(
                "setting.removed", "\(name) is gone from PostgreSQL \(change.version) on",
                hint: "take it out: \(change.hint)")
        }
        guard definition(successor) != nil else { return absence(of: successor) }
        return .error(
            "setting.renamed", "\(name) has another name from PostgreSQL \(change.version) on",
            hint: "use \(successor)\(change.hint)")
    }

    /// The name at the smallest distance, if that is small for its length.
    private func suggestion(for name: String) -> String? {
        let limit = max(1, name.utf8.count / 5)
        let near = all.filter { abs($0.name.utf8.count - name.utf8.count) <= limit }
            .map { (name: $0.name, distance: EditDistance.between(name, $0.name.asciiLowercased)) }
        return near.filter { $0.distance <= limit }.min { $0.distance < $1.distance }?.name
    }
}

/// How many letters must be added, dropped, changed or swapped with their neighbour.
enum EditDistance {
    static func between(_ one: String, _ other: String) -> Int {
        let one = Array(one.utf8)
        let other = Array(other.utf8)
        var rows = [Array(0...other.count)]
        for i in 1..<(one.count + 1) {
            var row = [i]
            for j in 1..<(other.count + 1) {
                let change = rows[i - 1][j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1)
                var best = min(change, rows[i - 1][j] + 1, row[j - 1] + 1)
                if i > 1, j > 1, one[i - 1] == other[j - 2], one[i - 2] == other[j - 1] {
                    best = min(best, rows[i - 2][j - 2] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[one.count][other.count]
    }
}
