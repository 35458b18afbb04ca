/// What each supported version knows as a setting, a line for each stretch of versions that agree on it:
/// `name|versions|context|type|default`, `int` and `real` with unit, minimum and maximum.
///
/// Defaults are the server's own, before `initdb` writes its postgresql.conf; none where the server computes it.
/// Debian's defaults of paths and TLS stand for all builds.
/// - Source: `pg_settings` of 13.23, 15.18, 16.2, 17.11 and 18.6; the documentation and the declarations of 9.6.10,
///   10.0, 11.5, 12.5 and 14.13.
enum SettingTable {
    static func records() -> [Substring] {
        [aToI, jToQ, rToZ].flatMap { $0.split(separator: "\n") }
    }
}
