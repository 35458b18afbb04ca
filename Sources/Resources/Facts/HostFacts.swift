import Diagnostics

/// All that one probe saw of a host.
package struct HostFacts: Sendable {
    package var host: String
    package var system: SystemFacts
    package var files: [String: Reading<FileFacts>]
    package var contents: [String: Reading<String>]
    package var packages: [String: Reading<String>]
    package var units: [String: Reading<UnitFacts>]
    package var accounts: [String: Reading<AccountFacts>]
    package var commands: [String: Reading<String>]
    package var server: Reading<ServerFacts>

    package init(
        host: String, system: SystemFacts = SystemFacts(), files: [String: Reading<FileFacts>] = [:],
        contents: [String: Reading<String>] = [:], packages: [String: Reading<String>] = [:],
        units: [String: Reading<UnitFacts>] = [:], accounts: [String: Reading<AccountFacts>] = [:],
        commands: [String: Reading<String>] = [:], server: Reading<ServerFacts> = .unknown("not asked")
    ) {
        self.host = host
        self.system = system
        self.files = files
        self.contents = contents
        self.packages = packages
        self.units = units
        self.accounts = accounts
        self.commands = commands
        self.server = server
    }

    package func file(_ path: String) -> Reading<FileFacts> { files[path] ?? .unknown("\(path) was not read") }
    package func content(_ path: String) -> Reading<String> { contents[path] ?? .unknown("\(path) was not read") }
    package func package(_ name: String) -> Reading<String> { packages[name] ?? .unknown("\(name) was not asked for") }
    package func unit(_ name: String) -> Reading<UnitFacts> { units[name] ?? .unknown("\(name) was not asked for") }
    package func account(_ name: String) -> Reading<AccountFacts> {
        accounts[name] ?? .unknown("\(name) was not asked for")
    }
    package func command(_ name: String) -> Reading<String> { commands[name] ?? .unknown("\(name) was not run") }

    /// Takes over what a later, narrower probe of the same host saw.
    package mutating func update(with newer: HostFacts) {
        system = newer.system
        files.merge(newer.files) { $1 }
        contents.merge(newer.contents) { $1 }
        packages.merge(newer.packages) { $1 }
        units.merge(newer.units) { $1 }
        accounts.merge(newer.accounts) { $1 }
        commands.merge(newer.commands) { $1 }
        if case .unknown("not asked") = newer.server { return }
        server = newer.server
    }
}

/// The operating system of a host.
package struct SystemFacts: Hashable, Sendable {
    /// `debian`, `ubuntu`; empty when /etc/os-release says nothing.
    package var distribution: String
    /// `bookworm`
    package var codename: String
    package var hostName: String
    /// Changes with each boot.
    package var bootID: String
    package var memoryBytes: Int
    package var hasSystemd: Bool
    package var isRoot: Bool

    package init(
        distribution: String = "", codename: String = "", hostName: String = "", bootID: String = "",
        memoryBytes: Int = 0, hasSystemd: Bool = false, isRoot: Bool = true
    ) {
        self.distribution = distribution
        self.codename = codename
        self.hostName = hostName
        self.bootID = bootID
        self.memoryBytes = memoryBytes
        self.hasSystemd = hasSystemd
        self.isRoot = isRoot
    }
}

package struct FileFacts: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case regular, directory, link, other
    }

    package var kind: Kind
    /// Four octal digits: `0640`.
    package var mode: String
    package var owner: String
    package var group: String
    package var size: Int
    /// Seconds since 1970.
    package var modified: Double
    /// Lower-case hexadecimal; nil unless it is a regular file that could be read.
    package var sha256: String?

    package init(
        kind: Kind = .regular, mode: String, owner: String, group: String, size: Int = 0, modified: Double = 0,
        sha256: String? = nil
    ) {
        self.kind = kind
        self.mode = mode
        self.owner = owner
        self.group = group
        self.size = size
        self.modified = modified
        self.sha256 = sha256
    }
}

package struct UnitFacts: Hashable, Sendable {
    /// `active`, `inactive`, `failed`, `activating`
    package var activeState: String
    /// `enabled`, `enabled-runtime`, `disabled`, `masked`, `static`, or empty.
    package var unitFileState: String
    /// Whether files of the unit have changed since systemd read them.
    package var needsReload: Bool

    package init(activeState: String, unitFileState: String, needsReload: Bool = false) {
        self.activeState = activeState
        self.unitFileState = unitFileState
        self.needsReload = needsReload
    }

    package var isActive: Bool { activeState == "active" }
    package var isEnabled: Bool { unitFileState.hasPrefix("enabled") || unitFileState == "static" }
}

package struct AccountFacts: Hashable, Sendable {
    package var uid: Int
    package var gid: Int
    package var home: String
    package var shell: String

    package init(uid: Int, gid: Int, home: String, shell: String) {
        self.uid = uid
        self.gid = gid
        self.home = home
        self.shell = shell
    }
}
