/// One setting of pgpool.conf: which versions know it, and whether a running pgpool-II takes a new value.
package struct PgpoolSetting: Hashable, Sendable {
    /// Without the number that a backend or a watchdog node has: `backend_hostname`.
    package let name: String
    /// The first version that knows it, 3.6 at the earliest.
    package let since: PgpoolVersion
    /// The first version that no longer knows it.
    package let before: PgpoolVersion?
    /// Whether a reload is enough.
    package let reloads: Bool

    init(
        _ name: String, since: PgpoolVersion = PgpoolVersion(3, 6), before: PgpoolVersion? = nil, reloads: Bool = false
    ) {
        self.name = name
        self.since = since
        self.before = before
        self.reloads = reloads
    }

    /// The setting of that name, with or without a node's number; nil when no version has it.
    package static func named(_ name: String) -> PgpoolSetting? {
        table[name] ?? table[base(of: name)]
    }

    package static func base(of name: String) -> String {
        String(name.reversed().drop { $0.isASCII && $0.isNumber }.reversed())
    }

    package func isKnown(to version: PgpoolVersion) -> Bool {
        // What 3.5 knows was not written down in its source the way it is since; 3.6 added little.
        (since <= version || version < PgpoolVersion(3, 6) && since == PgpoolVersion(3, 6))
            && before.map { version < $0 } ?? true
    }

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
