/// One setting of pgpool.conf: which versions know it, and whether a running pgpool-II takes a new value.
package struct PgpoolSetting: Hashable, Sendable {
    /// Without the number that a backend or a watchdog node has: `backend_hostname`.
    package let name: String
    /// The first version that knows it, 3.5 at the earliest.
    package let since: PgpoolVersion
    /// The first version that no longer knows it.
    package let before: PgpoolVersion?
    /// Whether a reload is enough.
    package let reloads: Bool

    init(_ name: String, since: PgpoolVersion = .v3_5, before: PgpoolVersion? = nil, reloads: Bool = false) {
        self.name = name
        self.since = since
        self.before = before
        self.reloads = reloads
    }

    /// The setting of that name, with or without a node's number; nil when no version has it.
    package static func named(_ name: String) -> PgpoolSetting? {
        if let found = table[name] { return found }
        let base = base(of: name)
        guard let found = table[base], let first = numbered(base) else { return nil }
        return PgpoolSetting(
            base, since: max(first, found.since), before: found.before, reloads: found.reloads)
    }

    /// Of all versions, without numbers.
    package static var names: [String] { all.map(\.name) }

    package static func base(of name: String) -> String {
        String(name.reversed().drop { $0.isASCII && $0.isNumber }.reversed())
    }

    /// The first version that takes one value for each backend or watchdog node; nil for a setting that has one.
    private static func numbered(_ base: String) -> PgpoolVersion? {
        if base.hasPrefix("health_check_") && base != "health_check_test" || base == "connect_timeout" { return .v3_7 }
        if ["hostname", "pgpool_port", "wd_port"].contains(base) { return .v4_2 }
        return ["backend_", "heartbeat_", "other_"].contains(where: base.hasPrefix) ? .v3_5 : nil
    }

    package func isKnown(to version: PgpoolVersion) -> Bool {
        since <= version && before.map { version < $0 } ?? true
    }

    /// What a setting was called before, oldest first, with the first version that has the new name.
    ///
    /// - Source: pgpool-II's release notes of 3.6, 4.0, 4.2 and 4.4.
    package static let renames: [(version: PgpoolVersion, old: String, new: String)] = [
        (.v3_6, "allow_inet_domain_socket", "listen_addresses"),
        (.v3_6, "debug_level", "log_min_messages"),
        (.v3_6, "print_timestamp", "log_line_prefix"),
        (.v3_6, "print_user", "log_line_prefix"),
        (.v4_0, "fail_over_on_backend_error", "failover_on_backend_error"),
        (.v4_2, "black_function_list", "write_function_list"),
        (.v4_2, "black_memqcache_table_list", "cache_unsafe_memqcache_table_list"),
        (.v4_2, "black_query_pattern_list", "primary_routing_query_pattern_list"),
        (.v4_2, "white_function_list", "read_only_function_list"),
        (.v4_2, "white_memqcache_table_list", "cache_safe_memqcache_table_list"),
        (.v4_2, "follow_master_command", "follow_primary_command"),
        (.v4_4, "socket_dir", "unix_socket_directories"),
    ]

    /// Whether a running pgpool-II takes the new value of a setting with a reload; one that nobody knows restarts it.
    ///
    /// The watchdog reads its nodes once, though the reload of pgpool-II itself takes them.
    package static func reloads(_ name: String) -> Bool {
        let base = base(of: name)
        let ofWatchdog = ["hostname", "wd_port", "pgpool_port", "wd_authkey"]
        if ofWatchdog.contains(base) || base.hasPrefix("heartbeat_") || base.hasPrefix("other_") { return false }
        return named(name)?.reloads ?? false
    }

    private static let table = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
}
