import PostgreSQL

enum HADefaults {
    static func settings(version: PostgresVersion, memory: ByteCount?, isDelayed: Bool) -> [(String, String)] { [] }
}
