/// `replication:` of the inventory.
package struct ReplicationOptions: Hashable, Sendable {
    package enum Method: String, CaseIterable, Hashable, Sendable {
        /// Any of them, a quorum; PostgreSQL 10 and later.
        case any
        /// The first of them in order of priority.
        case first
    }

    package struct Archive: Hashable, Sendable {
        package var directory: String
        /// Every host sees the directory, so that standbys restore from it.
        package var shared: Bool
        /// Nil keeps everything.
        package var keep: Duration?

        package init(directory: String, shared: Bool = false, keep: Duration? = nil) {
            self.directory = directory
            self.shared = shared
            self.keep = keep
        }
    }

    package var user: String
    /// Nil only where there is nobody to replicate to.
    package var password: SecretSource?
    package var method: Method
    /// How many synchronous standbys confirm a commit.
    package var confirm: Int
    package var slots: Bool
    package var archive: Archive?

    package init(
        user: String = "replicator", password: SecretSource? = nil, method: Method = .any, confirm: Int = 1,
        slots: Bool = true, archive: Archive? = nil
    ) {
        self.user = user
        self.password = password
        self.method = method
        self.confirm = confirm
        self.slots = slots
        self.archive = archive
    }
}
