import Diagnostics
import PostgreSQL
import Testing

@Suite struct ControlDataTests {
    /// What the programs print, less the lines that nothing here reads.
    private static let standby96 = """
        pg_control version number:            960
        Catalog version number:               201608131
        Database system identifier:           7710659751121546756
        Database cluster state:               shut down in recovery
        pg_control last modified:             Sat Nov 21 16:17:53 2026
        Latest checkpoint location:           0/4000098
        Prior checkpoint location:            0/3000060
        Latest checkpoint's REDO location:    0/4000060
        Latest checkpoint's REDO WAL file:    000000020000000000000004
        Latest checkpoint's TimeLineID:       2
        Latest checkpoint's PrevTimeLineID:   1
        Latest checkpoint's oldestCommitTsXid:0
        Minimum recovery ending location:     0/5000060
        Min recovery ending loc's timeline:   2
        Backup start location:                0/0
        Backup end location:                  0/0
        End-of-backup record required:        no
        wal_level setting:                    replica
        wal_log_hints setting:                on
        max_connections setting:              200
        max_worker_processes setting:         8
        max_prepared_xacts setting:           5
        max_locks_per_xact setting:           64
        Bytes per WAL segment:                16777216
        Data page checksum version:           0

        """

    private static let primary18 = """
        pg_control version number:            1800
        Catalog version number:               202506291
        Database system identifier:           7710659751121546756
        Database cluster state:               in production
        Latest checkpoint location:           0/16EF418
        Latest checkpoint's REDO location:    0/16EF3C0
        Latest checkpoint's REDO WAL file:    000000010000000000000001
        Latest checkpoint's TimeLineID:       1
        Latest checkpoint's PrevTimeLineID:   1
        Minimum recovery ending location:     0/0
        Min recovery ending loc's timeline:   0
        End-of-backup record required:        no
        wal_level setting:                    replica
        wal_log_hints setting:                off
        max_connections setting:              100
        max_worker_processes setting:         8
        max_wal_senders setting:              10
        max_prepared_xacts setting:           0
        max_locks_per_xact setting:           64
        Bytes per WAL segment:                16777216
        Data page checksum version:           1
        Default char data signedness:         signed
        """

    @Test("a stopped standby of 9.6 is read, which records no max_wal_senders")
    func standby() throws {
        let control = try ControlData(parsing: Self.standby96)
        #expect(control.majorVersion == .v96)
        #expect(control.state == .shutDownInRecovery)
        #expect(control.state?.isCleanShutdown == true)
        #expect(control.systemIdentifier.description == "7710659751121546756")
        #expect(control.timeline == Timeline(2))
        #expect(control.previousTimeline == .first)
        #expect(control.minimumRecoveryEnding == LSN("0/5000060"))
        #expect(control.minimumRecoveryTimeline == Timeline(2))
        #expect(control.latestKnown == LSN("0/5000060"))
        #expect(control.latestKnownTimeline == Timeline(2))
        #expect(control.hotStandby.maxWalSenders == nil)
        #expect(control.hotStandby["max_connections"] == 200)
        #expect(control.hotStandby["max_prepared_transactions"] == 5)
        #expect(control.walLogHints && !control.hasChecksums)
    }

    @Test("a standby that was stopped past a switch, before a checkpoint there, stands on the newer timeline")
    func pastSwitch() throws {
        let text = Self.standby96.split(separator: "\n").map { line in
            line.hasPrefix("Latest checkpoint's TimeLineID")
                ? "Latest checkpoint's TimeLineID:       1"
                : line.hasPrefix("Minimum recovery ending location")
                    ? "Minimum recovery ending location:     0/6000060" : String(line)
        }.joined(separator: "\n")
        let control = try ControlData(parsing: text)
        #expect(control.timeline == .first && control.latestKnownTimeline == Timeline(2))
    }

    @Test("a running primary of 18 is read, its zeros standing for nothing")
    func primary() throws {
        let control = try ControlData(parsing: Self.primary18)
        #expect(control.majorVersion == .v18)
        #expect(control.state == .inProduction)
        #expect(control.minimumRecoveryEnding == nil && control.minimumRecoveryTimeline == nil)
        #expect(control.redo == LSN("0/16EF3C0"))
        #expect(control.latestKnown == LSN("0/16EF418"))
        #expect(control.hotStandby.maxWalSenders == 10)
        #expect(control.hasChecksums && control.walLevel == "replica")
        #expect(control.walSegmentSize == WALFileName.defaultSegmentSize)
    }

    @Test(
        "the catalog version tells apart what shares one control file version",
        arguments: [(202_007_201, PostgresVersion.v13), (202_107_181, .v14), (202_209_061, .v15), (202_307_071, .v16)])
    func majorVersion(catalog: Int, version: PostgresVersion) throws {
        var control = try ControlData(parsing: Self.primary18)
        control.catalogVersion = catalog
        #expect(control.majorVersion == version)
    }

    @Test(
        "a missing line is named",
        arguments: ["Database system identifier", "Latest checkpoint location", "max_connections setting"])
    func missing(label: String) {
        let text = Self.primary18.split(separator: "\n").filter { !$0.hasPrefix(label) }.joined(separator: "\n")
        let error = #expect(throws: Diagnostic.self) { try ControlData(parsing: text) }
        #expect(error?.code == "control.malformed")
        #expect(error?.message.contains(label) == true)
    }

    @Test("output in another language is refused rather than half understood")
    func foreignLanguage() {
        #expect(throws: Diagnostic.self) { try ControlData(parsing: "pg_control-Versionsnummer: 1800") }
    }
}
