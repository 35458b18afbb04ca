package import PostgreSQL

/// `postgresql:` of the inventory.
package struct PostgreSQLOptions: Sendable {
    package var version: PostgresVersion
    package var install: ServerInstall
    package var port: Int
    /// Nil is the distribution's.
    package var dataDirectory: String?
    /// Nil keeps the WAL inside the data directory.
    package var walDirectory: String?
    package var initdb: InitdbOptions
    package var superuserPassword: SecretSource?
    /// In the order of the file.
    package var settings: [DeclaredSetting]
    /// The user's own lines, in the order of the file.
    package var hba: [DeclaredHBALine]
    package var users: [DeclaredUser]
    package var databases: [DeclaredDatabase]

    package init(
        version: PostgresVersion, install: ServerInstall = .package, port: Int = 5432, dataDirectory: String? = nil,
        walDirectory: String? = nil, initdb: InitdbOptions = InitdbOptions(), superuserPassword: SecretSource? = nil,
        settings: [DeclaredSetting] = [], hba: [DeclaredHBALine] = [], users: [DeclaredUser] = [],
        databases: [DeclaredDatabase] = []
    ) {
        self.version = version
        self.install = install
        self.port = port
        self.dataDirectory = dataDirectory
        self.walDirectory = walDirectory
        self.initdb = initdb
        self.superuserPassword = superuserPassword
        self.settings = settings
        self.hba = hba
        self.users = users
        self.databases = databases
    }
}

package enum ServerInstall: Hashable, Sendable {
    case package
    case source(SourceArchive)
    /// Already there: kumki installs nothing.
    case existing(prefix: String)
}

/// A tool that comes from the distribution or is built.
package enum ToolInstall: Hashable, Sendable {
    case package
    case source(SourceArchive)
}

/// An archive to build from: `./configure && make && make install`.
package struct SourceArchive: Hashable, Sendable {
    /// A local path (relative to the inventory) or an http(s) URL.
    package var archive: String
    /// Lower-case hexadecimal, 64 characters.
    package var sha256: String
    /// Nil is the program's own default: `/usr/local`, PostgreSQL's `/usr/local/pgsql`.
    package var prefix: String?

    package init(archive: String, sha256: String, prefix: String? = nil) {
        self.archive = archive
        self.sha256 = sha256
        self.prefix = prefix
    }

    package var isURL: Bool { archive.hasPrefix("https://") || archive.hasPrefix("http://") }
}

package struct InitdbOptions: Hashable, Sendable {
    package var encoding: String
    package var locale: String
    package var dataChecksums: Bool

    package init(encoding: String = "UTF8", locale: String = "C.UTF-8", dataChecksums: Bool = true) {
        self.encoding = encoding
        self.locale = locale
        self.dataChecksums = dataChecksums
    }
}

/// A setting as the user wrote it, the name in lower case, the value as text: `true` is `on`.
package struct DeclaredSetting: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// One of the user's lines for pg_hba.conf, fields as in its columns.
package struct DeclaredHBALine: Hashable, Sendable {
    /// `local`, `host`, `hostssl`, `hostnossl`, `hostgssenc`, `hostnogssenc`.
    package var type: String
    package var databases: [String]
    package var users: [String]
    /// Nil for `local`.
    package var address: String?
    package var method: String
    /// `name=value` options, in the order of the file.
    package var options: [DeclaredSetting]

    package init(
        type: String, databases: [String], users: [String], address: String?, method: String,
        options: [DeclaredSetting] = []
    ) {
        self.type = type
        self.databases = databases
        self.users = users
        self.address = address
        self.method = method
        self.options = options
    }
}

package struct DeclaredUser: Hashable, Sendable {
    package enum Password: Hashable, Sendable {
        case secret(SecretSource)
        /// A finished `SCRAM-SHA-256$…` or `md5…` verifier.
        case verifier(String)
    }

    package enum Attribute: String, CaseIterable, Hashable, Sendable {
        case superuser, createdb, createrole, replication, bypassrls
        case nologin, noinherit
    }

    package var name: String
    /// Nil: not managed.
    package var password: Password?
    package var attributes: [Attribute]
    package var state: InventoryHost.State

    package init(
        name: String, password: Password? = nil, attributes: [Attribute] = [], state: InventoryHost.State = .present
    ) {
        self.name = name
        self.password = password
        self.attributes = attributes
        self.state = state
    }
}

package struct DeclaredDatabase: Hashable, Sendable {
    package var name: String
    /// Nil: the superuser.
    package var owner: String?
    package var extensions: [String]
    package var state: InventoryHost.State

    package init(
        name: String, owner: String? = nil, extensions: [String] = [], state: InventoryHost.State = .present
    ) {
        self.name = name
        self.owner = owner
        self.extensions = extensions
        self.state = state
    }
}
