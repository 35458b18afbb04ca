package import PostgreSQL

/// The text of `synchronous_standby_names`.
///
/// - Source: PostgreSQL documentation, "Replication, Primary Server"; 9.6 knows neither FIRST nor ANY.
package enum SynchronousStandbyNames {
    package static func text(
        _ hosts: [String], method: ReplicationOptions.Method, confirm: Int, version: PostgresVersion
    ) -> String {
        if hosts.isEmpty { return "" }
        let list = "\(confirm) (\(hosts.map(quoted).joined(separator: ", ")))"
        if version < .v10 { return list }
        return (method == .any ? "ANY " : "FIRST ") + list
    }

    /// A name needs quotes unless PostgreSQL reads it as one word that is no keyword of this setting.
    private static func quoted(_ name: String) -> String {
        let keyword = ["any", "first"].contains(name.lowercased())
        let startsWithLetter = name.utf8.first.map { isLetter($0) } ?? false
        let isWord = startsWithLetter && name.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
        return isWord && !keyword ? name : "\"\(name)\""
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }
}
