import PostgreSQL

extension PostgresVersion {
    var rewindFunctions: [String] { [] }
    var walDirectoryName: String { "pg_wal" }
}
