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
    _ = NetworkAddress(text)
    return 0
}
