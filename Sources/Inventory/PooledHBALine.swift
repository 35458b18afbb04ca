package import Pgpool
import PostgreSQL

/// What the inventory's lines for pg_hba.conf mean to a pgpool-II before the servers.
extension DeclaredHBALine {
    /// Whether the line is about clients that may come through pgpool-II.
    package var isAboutPoolClients: Bool { type != "local" && databases != ["replication"] }

    /// Why pgpool-II can't let these clients in, as the end of a sentence; nil when it can.
    ///
    /// - Source: pgpool-II, src/auth/pool_hba.c of each version. pam and ldap depend on how it was built.
    package func obstacle(in version: PgpoolVersion) -> String? {
        if method == "reject" { return nil }
        if type == "hostgssenc" { return "knows no encryption by GSS" }
        if !options.isEmpty { return "knows no option \(options[0].name)" }
        let methods = version.supportsSCRAM ? ["scram-sha-256", "md5", "cert", "password"] : ["md5"]
        if !methods.contains(method) { return "can't log in with \(method)" }
        return pooledAddresses(in: version).isEmpty ? "reads no address but numbers" : nil
    }

    /// The addresses as pool_hba.conf takes them: up to 3.6 it has no word for all, for names and for networks.
    package func pooledAddresses(in version: PgpoolVersion) -> [String] {
        guard let address else { return [] }
        if version >= .v3_7 { return [address] }
        if address == "all" { return ["0.0.0.0/0", "::/0"] }
        return NetworkAddress(String(address.prefix { $0 != "/" })) == nil ? [] : [address]
    }
}
