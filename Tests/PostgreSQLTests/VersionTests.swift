import PostgreSQL
import Testing

@Suite struct VersionTests {
    @Test(
        "what a server says of itself is understood",
        arguments: [
            ("15.18 (Debian 15.18-0+deb12u1)", PostgresVersion.v15), ("9.6.24", .v96), ("10.0", .v10),
            ("18beta1", .v18),
            ("postgres (PostgreSQL) 17.5", .v17), ("PostgreSQL 12.22 on x86_64-pc-linux-gnu", .v12),
        ])
    func reported(text: String, version: PostgresVersion) {
        #expect(PostgresVersion(reported: text) == version)
    }

    @Test(
        "an unsupported version is nil",
        arguments: ["9.5.25", "9", "8.4", "19devel", "", "postgres", "99999999999999999999"])
    func unsupported(text: String) {
        #expect(PostgresVersion(reported: text) == nil)
    }

    @Test("server_version_num is understood")
    func number() {
        #expect(PostgresVersion(serverVersionNumber: 90624) == .v96)
        #expect(PostgresVersion(serverVersionNumber: 150018) == .v15)
        #expect(PostgresVersion(serverVersionNumber: 90525) == nil)
    }

    @Test("10 renamed what is about the write-ahead log")
    func functions() {
        #expect(PostgresVersion.v96.functions.current == "pg_current_xlog_location")
        #expect(PostgresVersion.v10.functions.current == "pg_current_wal_lsn")
        #expect(PostgresVersion.v96.functions.lastReceived == "pg_last_xlog_receive_location")
        #expect(PostgresVersion.v96.functions.replayedColumn == "replay_location")
        #expect(PostgresVersion.v18.functions.replayedColumn == "replay_lsn")
        #expect(PostgresVersion.v96.functions.pauseReplay == "pg_xlog_replay_pause")
        #expect(PostgresVersion.v12.functions.receiverColumn == "received_lsn")
        #expect(PostgresVersion.v13.functions.receiverColumn == "flushed_lsn")
        #expect(PostgresVersion.v96.walDirectoryName == "pg_xlog")
    }

    @Test("a standby's file is recovery.conf up to 11")
    func standbyFile() {
        #expect(PostgresVersion.v11.standbyFileName == "recovery.conf")
        #expect(PostgresVersion.v12.standbyFileName == "standby.signal")
        #expect(PostgresVersion.v11.triggerFileSetting == "trigger_file")
        #expect(PostgresVersion.v15.triggerFileSetting == "promote_trigger_file")
        #expect(PostgresVersion.v16.triggerFileSetting == nil)
    }

    @Test("settings that the vocabulary names exist in that version", arguments: PostgresVersion.supported)
    func names(version: PostgresVersion) {
        let catalog = SettingCatalog.for(version)
        for name in version.hotStandbySettings + [version.triggerFileSetting].compactMap({ $0 }) {
            #expect(catalog.definition(name) != nil, "\(name)")
        }
    }

    @Test("retained log is counted in segments up to 12, in megabytes from 13")
    func walKept() {
        #expect(PostgresVersion.v12.walKept(ByteCount(bytes: 1 << 30)) == ("wal_keep_segments", "64"))
        #expect(PostgresVersion.v12.walKept(ByteCount(bytes: 1)) == ("wal_keep_segments", "1"))
        #expect(PostgresVersion.v13.walKept(ByteCount(bytes: 1 << 30)) == ("wal_keep_size", "1024MB"))
    }

    @Test("initdb is told what its version would not do by itself")
    func initdb() {
        func words(_ version: PostgresVersion, checksums: Bool) -> [String] {
            version.programs.initdb(
                dataDirectory: "/srv/pg", walDirectory: "/srv/wal", encoding: "UTF8", locale: "C.UTF-8",
                checksums: checksums)
        }
        #expect(words(.v17, checksums: false).contains { $0.contains("checksums") } == false)
        #expect(words(.v18, checksums: false).contains("--no-data-checksums"))
        #expect(words(.v96, checksums: true).contains("--data-checksums"))
        #expect(words(.v96, checksums: true).contains("--xlogdir=/srv/wal"))
        #expect(words(.v96, checksums: true).contains("--auth-host=md5"))
        #expect(words(.v10, checksums: true).contains("--waldir=/srv/wal"))
        #expect(words(.v10, checksums: true).contains("--auth-host=scram-sha-256"))
    }

    @Test("a base backup makes its slot where the program can")
    func basebackup() throws {
        let conninfo = Conninfo([.init("host", "db 1")])
        func words(_ version: PostgresVersion) throws -> [String] {
            try version.programs.basebackup(
                conninfo: conninfo, directory: "/srv/new", slot: .created("db2"), tablespaces: [("/a=b", "/c")])
        }
        #expect(try words(.v10).contains("--create-slot") == false)
        #expect(try words(.v11).contains("--create-slot"))
        #expect(try words(.v11).contains("--slot=db2"))
        #expect(try words(.v11).contains("--dbname=host='db 1'"))
        #expect(try words(.v11).contains(#"--tablespace-mapping=/a\=b=/c"#))
    }

    @Test("pg_rewind is told of a configuration file where it can be")
    func rewind() throws {
        let source = Conninfo([.init("host", "db1")])
        func words(_ version: PostgresVersion) throws -> [String] {
            try version.programs.rewind(dataDirectory: "/srv/pg", source: source, configFile: "/etc/pg.conf")
        }
        #expect(try words(.v14).contains("--config-file=/etc/pg.conf") == false)
        #expect(try words(.v15).contains("--config-file=/etc/pg.conf"))
        #expect(PostgresVersion.v10.rewindFunctions.isEmpty && PostgresVersion.v11.rewindFunctions.count == 4)
    }
}
