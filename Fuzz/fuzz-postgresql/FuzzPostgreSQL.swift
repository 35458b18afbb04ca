import PostgreSQL

/// Any text as each of PostgreSQL's files; what a parser understood is written and must be understood as the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: data, count: size), as: UTF8.self)
    _ = ConfigurationFile(parsing: text)
    if let line = try? ConfigurationFile.line("work_mem", text) {
        precondition(ConfigurationFile(parsing: line).settings.map(\.value) == [text], "a setting changed")
    }
    for version in [PostgresVersion.v96, .v13, .v18] {
        let file = HBAFile(parsing: text, version: version)
        guard let written = try? HBAFile.text(file.rules) else { continue }
        let again = try? HBAFile.text(HBAFile(parsing: written, version: version).rules)
        precondition(again == written, "a line of pg_hba.conf changed")
    }
    if let conninfo = try? Conninfo(parsing: text), let written = try? conninfo.text() {
        precondition((try? Conninfo(parsing: written)) == conninfo, "a connection string changed")
    }
    if let edited = try? AutoConf.setting("work_mem", to: "1MB", in: text) {
        _ = try? AutoConf.setting("work_mem", to: nil, in: edited)
    }
    _ = try? TimelineHistory(timeline: Timeline(7), parsing: text)
    _ = try? ControlData(parsing: text)
    if let lsn = LSN(text) { precondition(LSN(lsn.description) == lsn, "an LSN changed") }
    _ = WALFileName(text)
    if let address = NetworkAddress(text) { precondition(NetworkAddress(address.description) == address) }
    values(text)
    return 0
}

private func values(_ text: String) {
    if let verifier = PasswordVerifier(parsing: text) {
        precondition(PasswordVerifier(parsing: verifier.text) == verifier, "a verifier changed")
    }
    _ = try? PasswordVerifier(scramSHA256: text, salt: [0], iterations: 1)
    if let standbys = SynchronousStandbys(parsing: text), let written = try? standbys.text(version: .v15) {
        precondition(SynchronousStandbys(parsing: written) == standbys, "synchronous_standby_names changed")
    }
    _ = PostgresVersion(reported: text)
    for name in ["work_mem", "wal_sender_timeout", "random_page_cost", "hot_standby", "wal_level", "max_connections"] {
        for version in [PostgresVersion.v96, .v18] {
            _ = SettingCatalog.check(name: name, value: text, version: version)
        }
    }
}
