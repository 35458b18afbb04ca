package import Diagnostics

/// A commented inventory to start from, as `kumki init` writes it.
package struct StarterInventory: Hashable, Sendable {
    package enum Layout: String, CaseIterable, Hashable, Sendable {
        /// A primary and an asynchronous standby.
        case pair
        /// A primary and two synchronous standbys, of which the first one alive confirms.
        case trioSync = "trio-sync"
        /// A quorum of two synchronous standbys, and one that cascades.
        case cascade
        case pgpool, pacemaker, patroni
    }

    /// The inventory's text.
    package let text: String
    /// Files of random content and mode 0600 that the inventory refers to, relative to its folder.
    package let secretFiles: [String]

    /// - Throws: `Diagnostic` `inventory.name` if `name` is no name of a cluster.
    package init(name: String, layout: Layout) throws(Diagnostic) {
        guard NamePattern.isCluster(name) else {
            throw .error("inventory.name", "\"\(name)\" is no cluster name", hint: NamePattern.clusterHint)
        }
        let secrets = ["superuser", "replicator", "app"] + Self.secrets(of: layout)
        secretFiles = secrets.map { "secrets/\(name)/\($0)" }
        text =
            [
                Self.head(name, layout), Self.hosts(layout), Self.server(name), Self.replication(name, layout),
                Self.engine(name, layout),
            ].compactMap { $0 }.joined(separator: "\n")
    }

    private static func secrets(of layout: Layout) -> [String] {
        switch layout {
        case .pair, .trioSync, .cascade: []
        case .pgpool: ["ha", "pcp", "watchdog"]
        case .pacemaker, .patroni: ["ha"]
        }
    }

    private static func head(_ name: String, _ layout: Layout) -> String {
        """
        # The PostgreSQL cluster \(name): \(purpose(layout))
        # Change the addresses, then: kumki validate \(name).yaml, kumki plan \(name).yaml, kumki apply \(name).yaml
        cluster: \(name)

        ssh:
          user: root                       # or another account, with `become: sudo`
          # identity_file: ~/.ssh/id_ed25519   # default: the agent, then the usual files
          # For a try-out on this machine (kumki lab up \(name).yaml) these two instead:
          # identity_file: .kumki/lab/\(name)/id_ed25519
          # known_hosts_file: .kumki/lab/\(name)/known_hosts

        """
    }

    private static func purpose(_ layout: Layout) -> String {
        switch layout {
        case .pair: "a primary and an asynchronous standby."
        case .trioSync: "a primary and two synchronous standbys; losing one host loses no row."
        case .cascade: "two synchronous standbys in a quorum, and one that cascades."
        case .pgpool: "three hosts under pgpool-II, with a virtual address for the primary."
        case .pacemaker: "three hosts under Pacemaker, with virtual addresses for primary and readers."
        case .patroni: "three hosts under Patroni, with virtual addresses for primary and readers."
        }
    }

    private static func hosts(_ layout: Layout) -> String {
        let first =
            "# primary: where the cluster is born. Afterwards the live cluster decides who is primary.\nhosts:\n"
        func host(_ number: Int, _ roles: String, _ more: String = "") -> String {
            "  db\(number): {address: 198.18.0.1\(number), roles: [\(roles)]\(more)}\n"
        }
        switch layout {
        case .pair:
            return first + host(1, "primary") + host(2, "standby")
        case .trioSync:
            return first + host(1, "primary") + host(2, "standby", ", replication: {mode: sync, priority: 1}")
                + host(3, "standby", ", replication: {mode: sync, priority: 2}")
        case .cascade:
            return first + host(1, "primary") + host(2, "standby", ", replication: sync")
                + host(3, "standby", ", replication: sync")
                + "  # Streams from db2 whoever is primary, and is never promoted.\n"
                + host(4, "standby", ", upstream: db2")
        case .pgpool:
            return first + host(1, "primary, pgpool") + host(2, "standby, pgpool", ", replication: sync")
                + host(3, "standby, pgpool", ", replication: sync")
        case .pacemaker, .patroni:
            return first + host(1, "primary") + host(2, "standby", ", replication: sync")
                + host(3, "standby", ", replication: sync")
        }
    }

    private static func server(_ name: String) -> String {
        """
        postgresql:
          version: 15
          superuser_password: {file: secrets/\(name)/superuser}
          settings:                        # as in postgresql.conf; `memory: 64GB` at a host sizes its memory settings
            max_connections: 200
          hba:                             # after the lines that replication needs
            - {type: host, database: app, user: app, address: 198.18.0.0/24, method: scram-sha-256}
          users:
            - {name: app, password: {file: secrets/\(name)/app}}
          databases:
            - {name: app, owner: app}

        """
    }

    private static func replication(_ name: String, _ layout: Layout) -> String {
        let synchronous =
            switch layout {
            case .pair: ""
            case .trioSync:
                "  synchronous: {method: first, confirm: 1}   # the first one alive, by priority, confirms each commit\n"
            case .cascade, .pgpool, .pacemaker, .patroni:
                "  synchronous: {method: any, confirm: 1}     # any one of the sync hosts confirms each commit\n"
            }
        return "replication:\n  password: {file: secrets/\(name)/replicator}\n" + synchronous
    }

    private static func engine(_ name: String, _ layout: Layout) -> String? {
        // A host name has no underscore, and at most 63 characters.
        let label = String(name.map { $0 == "_" ? "-" : $0 }.prefix(60))
        let writer = "  writer: {address: 198.18.0.100/24, name: \(label)-rw}   # follows the primary\n"
        let reader = "  reader: {address: 198.18.0.101/24, name: \(label)-ro}   # stays with a healthy standby\n"
        let ha =
            "\nha:\n  engine: \(layout.rawValue)\n  password: {file: secrets/\(name)/ha}   # of its health checks\n"
        switch layout {
        case .pair, .trioSync, .cascade:
            return nil
        case .pgpool:
            return "vips:\n" + writer + ha
                + """

                pgpool:
                  pcp_password: {file: secrets/\(name)/pcp}
                  watchdog: {auth_key: {file: secrets/\(name)/watchdog}}

                """
        case .pacemaker, .patroni:
            return "vips:\n" + writer + reader + ha
        }
    }
}
