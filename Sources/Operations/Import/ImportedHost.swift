package import Inventory
import PostgreSQL
package import Resources

/// All that was seen of one host of a hand-made cluster.
package struct ImportedHost: Sendable {
    /// As the user gave it.
    package var address: String
    package var ssh: SSHOptions
    /// The kernel's name for it, a domain with it perhaps.
    package var hostName: String
    package var search: HostSearch
    package var server: FoundServer
    package var facts: ServerFacts
    package var live: LiveServer
    /// The texts of pg_hba.conf and pg_ident.conf.
    package var hba: String
    package var ident: String
    package var catalog: ImportedCatalog

    package init(
        address: String, ssh: SSHOptions = SSHOptions(), hostName: String, search: HostSearch, server: FoundServer,
        facts: ServerFacts, live: LiveServer, hba: String = "", ident: String = "",
        catalog: ImportedCatalog = ImportedCatalog()
    ) {
        self.address = address
        self.ssh = ssh
        self.hostName = hostName
        self.search = search
        self.server = server
        self.facts = facts
        self.live = live
        self.hba = hba
        self.ident = ident
        self.catalog = catalog
    }

    /// Whether others may know the host by this address or name.
    func answers(to text: String) -> Bool {
        if let address = NetworkAddress(text) {
            return ([self.address] + search.addresses).contains { NetworkAddress($0) == address }
        }
        let name = text.lowercased()
        let own = hostName.lowercased()
        return name == address.lowercased() || name == own || name == String(own.prefix { $0 != "." })
    }

    /// A setting of a standby, wherever its version keeps it.
    func standbySetting(_ name: String) -> String? {
        let value =
            live.settings[name]?.setting
            ?? facts.recoveryConf.flatMap { ConfigurationFile(parsing: $0, name: "recovery.conf")[name]?.value }
        return value?.isEmpty == true ? nil : value
    }

    /// How it reaches its upstream: as it streams now, else as it is told to.
    var upstreamConninfo: Conninfo? {
        guard live.inRecovery else { return nil }
        return [live.receiver?.conninfo, standbySetting("primary_conninfo")]
            .compactMap { $0.flatMap { try? Conninfo(parsing: $0) } }
            .first { $0["host"] != nil || $0["hostaddr"] != nil }
    }
}

/// What the catalogs of a cluster hold beyond what every probe reads.
package struct ImportedCatalog: Hashable, Sendable, Codable {
    package var roles: [String]
    /// Those that can be connected to, templates aside.
    package var databases: [String]
    package var hbaFile: String
    package var identFile: String
    package var tablespaces: [String]
    /// How many roles are members of others.
    package var memberships: Int
    /// How many settings stand at roles and databases.
    package var roleSettings: Int
    /// How many roles have a connection limit or end at some time.
    package var roleLimits: Int

    package init(
        roles: [String] = [], databases: [String] = [], hbaFile: String = "", identFile: String = "",
        tablespaces: [String] = [], memberships: Int = 0, roleSettings: Int = 0, roleLimits: Int = 0
    ) {
        self.roles = roles
        self.databases = databases
        self.hbaFile = hbaFile
        self.identFile = identFile
        self.tablespaces = tablespaces
        self.memberships = memberships
        self.roleSettings = roleSettings
        self.roleLimits = roleLimits
    }

    /// One row of JSON. Objects that `initdb` made have numbers below 16384.
    static let question = """
        SELECT jsonb_build_object(
        'roles', (SELECT jsonb_agg(rolname ORDER BY rolname) FROM pg_roles),
        'databases', (SELECT coalesce(jsonb_agg(datname ORDER BY datname), '[]') FROM pg_database
          WHERE datallowconn AND NOT datistemplate),
        'hbaFile', current_setting('hba_file'), 'identFile', current_setting('ident_file'),
        'tablespaces', (SELECT coalesce(jsonb_agg(spcname ORDER BY spcname), '[]') FROM pg_tablespace
          WHERE oid >= 16384),
        'memberships', (SELECT count(*) FROM pg_auth_members WHERE member >= 16384 AND roleid <> member),
        'roleSettings', (SELECT count(*) FROM pg_db_role_setting),
        'roleLimits', (SELECT count(*) FROM pg_roles WHERE rolconnlimit >= 0
          OR rolvaliduntil < 'infinity'));
        """
}
