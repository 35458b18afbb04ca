import PostgreSQL
// Stand-ins until the PostgreSQL room has them.
enum PasswordVerifier {
    static func matches(verifier: String, password: String, user: String) -> Bool { false }
    static func md5(password: String, user: String) -> String { "" }
    static func scramSHA256(password: String, salt: [UInt8]) -> String { "" }
}
package enum Digest {
    package static func sha256(_ text: String) -> String { "" }
    package static func salt(seed: [UInt8], for role: String) -> [UInt8] { [] }
}
struct SettingCatalog {
    static func catalog(for version: PostgresVersion) -> SettingCatalog { SettingCatalog() }
    func effect(of name: String) -> Change.Effect { .reload }
}
struct SettingValue: Equatable {
    init(_ text: String, vartype: String, unit: String?) {}
    static func readable(_ setting: String, unit: String) -> String { setting + unit }
}
extension PostgresVersion {
    var rewindFunctions: [String] { [] }
    var walDirectoryName: String { "pg_wal" }
}
