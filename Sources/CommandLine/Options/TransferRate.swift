import ArgumentParser
import Inventory
import PostgreSQL

/// How much may be copied a second, with its unit as in the inventory: `50MB`.
struct TransferRate: ExpressibleByArgument, Sendable {
    var bytes: ByteCount

    /// What pg_basebackup takes: 32 kB to 1 GB.
    init?(argument: String) {
        guard let bytes = ByteCount(postgresText: argument), (32 << 10...1 << 30).contains(bytes.bytes) else {
            return nil
        }
        self.bytes = bytes
    }
}
