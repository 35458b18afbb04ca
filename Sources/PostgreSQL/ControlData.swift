package import Diagnostics

/// What `LC_ALL=C pg_controldata` says of a data directory.
///
/// The names of the lines are those of 9.6 to 18; lines that are not known are passed over.
/// - Source: PostgreSQL documentation, "pg_controldata"; output of 9.6 to 18.
package struct ControlData: Hashable, Sendable {
    package enum State: String, CaseIterable, Hashable, Sendable {
        case startingUp = "starting up"
        case shutDown = "shut down"
        case shutDownInRecovery = "shut down in recovery"
        case shuttingDown = "shutting down"
        case inCrashRecovery = "in crash recovery"
        case inArchiveRecovery = "in archive recovery"
        case inProduction = "in production"

        /// Stopped in an orderly way, as a primary or as a standby: `pg_rewind` takes it without recovery first.
        package var isCleanShutdown: Bool { self == .shutDown || self == .shutDownInRecovery }
    }

    /// The settings of the primary that wrote the log: a standby that has less does not start (or, from 14, pauses).
    package struct HotStandbySettings: Hashable, Sendable {
        package var maxConnections: Int
        package var maxWorkerProcesses: Int
        /// Nil below 12, where it is not recorded and does not count.
        package var maxWalSenders: Int?
        package var maxPreparedTransactions: Int
        package var maxLocksPerTransaction: Int

        /// By the names of the settings.
        package subscript(name: String) -> Int? {
            switch name {
            case "max_connections": maxConnections
            case "max_worker_processes": maxWorkerProcesses
            case "max_wal_senders": maxWalSenders
            case "max_prepared_transactions": maxPreparedTransactions
            case "max_locks_per_transaction": maxLocksPerTransaction
            default: nil
            }
        }
    }

    /// 1300 for 13 to 16; ``majorVersion`` tells those apart.
    package var controlVersion: Int
    package var catalogVersion: Int
    package var systemIdentifier: SystemIdentifier
    /// Nil when the server says a word that we don't know.
    package var state: State?
    package var latestCheckpoint: LSN
    package var redo: LSN
    package var timeline: Timeline
    package var previousTimeline: Timeline?
    /// How far a standby must replay before it is consistent; nil when nothing was replayed (`0/0`).
    package var minimumRecoveryEnding: LSN?
    package var minimumRecoveryTimeline: Timeline?
    package var endOfBackupRequired: Bool
    package var walLevel: String?
    package var walLogHints: Bool
    package var hotStandby: HotStandbySettings
    /// Bytes.
    package var walSegmentSize: Int
    /// 0 is off.
    package var checksumVersion: Int

    package var hasChecksums: Bool { checksumVersion > 0 }

    /// Nil for a version that kumki does not support, or a pre-release.
    ///
    /// - Source: `catversion.h` of each release; it does not change within a major version.
    package var majorVersion: PostgresVersion? {
        switch catalogVersion {
        case 201_608_131: .v96
        case 201_707_211: .v10
        case 201_809_051: .v11
        case 201_909_212: .v12
        case 202_007_201: .v13
        case 202_107_181: .v14
        case 202_209_061: .v15
        case 202_307_071: .v16
        case 202_406_281: .v17
        case 202_506_291: .v18
        default: nil
        }
    }

    /// The latest position that the control file knows of: a cleanly stopped server ends here.
    ///
    /// The shutdown checkpoint of a primary, or what a standby replayed if that is later.
    package var latestKnown: LSN { max(latestCheckpoint, minimumRecoveryEnding ?? .none) }

    /// The timeline on which ``latestKnown`` lies: a standby may have replayed past a switch and not yet have a checkpoint there.
    package var latestKnownTimeline: Timeline {
        (minimumRecoveryEnding ?? .none) > latestCheckpoint ? minimumRecoveryTimeline ?? timeline : timeline
    }

    /// - Throws: `Diagnostic` `control.malformed`, naming the line that is missing or not understood.
    package init(parsing text: String) throws(Diagnostic) {
        let lines = Lines(text)
        controlVersion = try lines.number("pg_control version number")
        catalogVersion = try lines.number("Catalog version number")
        systemIdentifier = try lines.value("Database system identifier", SystemIdentifier.init)
        state = State(rawValue: try lines.text("Database cluster state"))
        latestCheckpoint = try lines.value("Latest checkpoint location") { LSN($0) }
        redo = try lines.value("Latest checkpoint's REDO location") { LSN($0) }
        timeline = try lines.value("Latest checkpoint's TimeLineID", Timeline.init)
        previousTimeline = lines["Latest checkpoint's PrevTimeLineID"].flatMap { Timeline($0) }
        let ending = try lines.value("Minimum recovery ending location") { LSN($0) }
        minimumRecoveryEnding = ending == .none ? nil : ending
        // Zero stands for "none", which is no timeline.
        minimumRecoveryTimeline = lines["Min recovery ending loc's timeline"].flatMap { Timeline($0) }
        endOfBackupRequired = lines["End-of-backup record required"] == "yes"
        walLevel = lines["wal_level setting"]
        walLogHints = lines["wal_log_hints setting"] == "on"
        hotStandby = HotStandbySettings(
            maxConnections: try lines.number("max_connections setting"),
            maxWorkerProcesses: try lines.number("max_worker_processes setting"),
            maxWalSenders: lines["max_wal_senders setting"].flatMap { Int($0) },
            maxPreparedTransactions: try lines.number("max_prepared_xacts setting"),
            maxLocksPerTransaction: try lines.number("max_locks_per_xact setting"))
        walSegmentSize = try lines.number("Bytes per WAL segment")
        checksumVersion = try lines.number("Data page checksum version")
    }
}

/// `Label:   value`, one a line.
private struct Lines {
    private let values: [String: String]

    init(_ text: String) {
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: { $0.isNewline }) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let label = String(line[..<colon])
            let value = line[line.index(after: colon)...].trimmed
            values[label] = values[label] ?? value
        }
        self.values = values
    }

    subscript(label: String) -> String? { values[label] }

    func text(_ label: String) throws(Diagnostic) -> String {
        guard let text = values[label] else { throw malformed("there is no line \"\(label)\"") }
        return text
    }

    func value<Value>(_ label: String, _ read: (String) -> Value?) throws(Diagnostic) -> Value {
        let text = try text(label)
        guard let value = read(text) else { throw malformed("\"\(label)\" can't be \"\(text)\"") }
        return value
    }

    func number(_ label: String) throws(Diagnostic) -> Int {
        try value(label) { text in Int(text).flatMap { $0 >= 0 ? $0 : nil } }
    }

    private func malformed(_ what: String) -> Diagnostic {
        .error(
            "control.malformed", "pg_controldata: \(what)",
            hint: "run `LC_ALL=C pg_controldata DATA_DIRECTORY` by hand with the server's own version of the program")
    }
}
