import Inventory
import PostgreSQL
import Resources

/// A PostgreSQL server that runs on a host, as its process and the files in its data directory show it.
package struct FoundServer: Hashable, Sendable {
    /// The text of PG_VERSION.
    package var version: String
    package var account: String
    package var dataDirectory: String
    /// Where the WAL folder of the data directory links to; nil where it is a plain folder.
    package var walDirectory: String?
    package var binDirectory: String
    package var port: Int
    package var socketDirectory: String
    /// The systemd unit that runs it; nil where it was started by hand.
    package var unit: String?

    package init(
        version: String, account: String = "postgres", dataDirectory: String, walDirectory: String? = nil,
        binDirectory: String, port: Int = 5432, socketDirectory: String = "/var/run/postgresql", unit: String? = nil
    ) {
        self.version = version
        self.account = account
        self.dataDirectory = dataDirectory
        self.walDirectory = walDirectory
        self.binDirectory = binDirectory
        self.port = port
        self.socketDirectory = socketDirectory
        self.unit = unit
    }

    /// How to talk to it, configuration files aside; nil for a version that kumki does not support.
    var location: ServerLocation? {
        PostgresVersion(rawValue: version).map { version in
            ServerLocation(
                version: version, binDirectory: binDirectory, dataDirectory: dataDirectory,
                configDirectory: dataDirectory, socketDirectory: socketDirectory, port: port, account: account,
                unit: unit ?? "", isDistribution: false)
        }
    }
}

extension FoundServer {
    /// Where the programs come from: the distribution's packages, or a prefix that is there.
    var install: ServerInstall {
        if binDirectory == "/usr/lib/postgresql/\(version)/bin" { return .package }
        let prefix = binDirectory.hasSuffix("/bin") ? String(binDirectory.dropLast("/bin".count)) : binDirectory
        return .existing(prefix: prefix)
    }
}

/// What a first look at a host tells, before anything is known of its servers.
package struct HostSearch: Hashable, Sendable {
    package var servers: [FoundServer] = []
    /// The host's own addresses, by which others may know it.
    package var addresses: [String] = []
    /// Programs that would work against kumki: `patroni`, `repmgrd`.
    package var managers: [String] = []

    package init(servers: [FoundServer] = [], addresses: [String] = [], managers: [String] = []) {
        self.servers = servers
        self.addresses = addresses
        self.managers = managers
    }

    /// A shell fragment that prints the servers, each a block of `key=value` lines, then what else there is.
    ///
    /// A postmaster works in its data directory and stands in the postmaster.pid there; its children do not. Of its
    /// unit it is the main process: one that was started by hand in a session of sshd is not sshd's.
    package static let script = """
        {
        for p in /proc/[0-9]*; do
        c=; read -r c <"$p/comm"
        case $c in
        pgpool | repmgrd | pacemakerd | pg_autoctl | keepalived) echo "manager=$c" ;;
        patroni) echo manager=patroni ;;
        python*) tr '\\0' '\\n' <"$p/cmdline" | grep -q '/patroni$' && echo manager=patroni ;;
        esac
        [ "$c" = postgres ] || [ "$c" = postmaster ] || continue
        d=$(readlink "$p/cwd") || continue
        n=; port=; socket=
        { read -r n; read -r x; read -r x; read -r port; read -r socket; } <"$d/postmaster.pid"
        [ "$n" = "${p#/proc/}" ] || continue
        echo "data=$d"
        read -r v <"$d/PG_VERSION" && echo "version=$v"
        echo "program=$(readlink "$p/exe")"
        echo "account=$(stat -c %U "$p")"
        echo "port=$port"
        echo "socket=$socket"
        for w in "$d/pg_wal" "$d/pg_xlog"; do [ -L "$w" ] && echo "wal=$(readlink -f "$w")"; done
        u=$(sed -n 's|.*/\\([^/]*\\.service\\).*|\\1|p' "$p/cgroup" | tail -n 1)
        [ -n "$u" ] && [ "$(systemctl show -p MainPID "$u")" = "MainPID=$n" ] && echo "unit=$u"
        done
        for a in $(hostname -I); do echo "address=$a"; done
        } 2>/dev/null
        """

    /// Reads what ``script`` printed.
    package init(parsing text: String) {
        for line in text.split(separator: "\n") {
            let pair = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard pair.count == 2, !pair[1].isEmpty else { continue }
            let value = pair[1]
            switch pair[0] {
            case "data": servers.append(FoundServer(version: "", dataDirectory: value, binDirectory: ""))
            case "address": addresses.append(value)
            case "manager": if !managers.contains(value) { managers.append(value) }
            default: if !servers.isEmpty { servers[servers.count - 1].set(pair[0], value) }
            }
        }
        servers.sort { ($0.port, $0.dataDirectory) < ($1.port, $1.dataDirectory) }
    }
}

extension FoundServer {
    fileprivate mutating func set(_ key: String, _ value: String) {
        switch key {
        case "version": version = value
        case "program":
            // After an upgrade of the package the process still runs the old program.
            let path = value.hasSuffix(" (deleted)") ? String(value.dropLast(" (deleted)".count)) : value
            binDirectory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        case "account": account = value
        case "port": port = Int(value) ?? port
        case "socket": socketDirectory = value
        case "wal": walDirectory = value
        case "unit": unit = value
        default: break
        }
    }
}
