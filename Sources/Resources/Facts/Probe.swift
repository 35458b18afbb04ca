/// What to read on one host: the union of what its resources ask for, read by one script in one round trip.
package struct Probe: Hashable, Sendable {
    /// Paths whose type, owner, mode, size and SHA-256 are read.
    package var files: Set<String>
    /// Small text files whose content is compared by meaning and therefore read whole.
    package var contents: Set<String>
    /// Names of the distribution's packages.
    package var packages: Set<String>
    /// systemd units.
    package var units: Set<String>
    /// Accounts of the operating system.
    package var accounts: Set<String>
    /// Shell fragments by a name of their own; their output is the reading, no output is absent, failure is unknown.
    package var commands: [String: String]
    package var server: ServerProbe?

    package init(
        files: Set<String> = [], contents: Set<String> = [], packages: Set<String> = [], units: Set<String> = [],
        accounts: Set<String> = [], commands: [String: String] = [:], server: ServerProbe? = nil
    ) {
        self.files = files
        self.contents = contents
        self.packages = packages
        self.units = units
        self.accounts = accounts
        self.commands = commands
        self.server = server
    }

    package mutating func formUnion(_ other: Probe) {
        files.formUnion(other.files)
        contents.formUnion(other.contents)
        packages.formUnion(other.packages)
        units.formUnion(other.units)
        accounts.formUnion(other.accounts)
        commands.merge(other.commands) { first, _ in first }
        if let theirs = other.server {
            if server == nil { server = theirs } else { server?.formUnion(theirs) }
        }
    }

    package func union(_ other: Probe) -> Probe {
        var sum = self
        sum.formUnion(other)
        return sum
    }
}

/// What to read of the PostgreSQL server of one host.
package struct ServerProbe: Hashable, Sendable {
    package var location: ServerLocation
    /// Settings whose live value is read, beside all that are set at all.
    package var settings: Set<String>
    package var roles: Set<String>
    /// Databases whose extensions are read.
    package var databases: Set<String>
    /// Whether it is asked for queries that replay has cancelled.
    package var conflicts: Bool

    package init(
        location: ServerLocation, settings: Set<String> = [], roles: Set<String> = [], databases: Set<String> = [],
        conflicts: Bool = false
    ) {
        self.conflicts = conflicts
        self.location = location
        self.settings = settings
        self.roles = roles
        self.databases = databases
    }

    package mutating func formUnion(_ other: ServerProbe) {
        precondition(location == other.location, "one server a host")
        settings.formUnion(other.settings)
        roles.formUnion(other.roles)
        databases.formUnion(other.databases)
        conflicts = conflicts || other.conflicts
    }
}
