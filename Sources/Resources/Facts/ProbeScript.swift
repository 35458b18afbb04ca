import Diagnostics
package import Hosts
import PostgreSQL

/// The one script that reads a host: every probe merged, every kind of thing read by as few programs as can be.
///
/// Each section of the output begins with a line of the boundary, the section's kind and its key; the boundary is a
/// random word, so that no content can pretend to be a section.
package struct ProbeScript: Sendable {
    package let probe: Probe
    package let boundary: String

    package init(probe: Probe, boundary: String) {
        self.probe = probe
        self.boundary = boundary
    }

    package static let limit: Duration = .seconds(60)

    package var script: Script {
        var lines: [String] = [
            "LC_ALL=C; export LC_ALL; umask 077; cd /",
            "s() { printf '\\n%s %s\\n' \(boundary) \"$*\"; }",
            "main() {",
        ]
        lines += system
        lines += files
        lines += contents
        lines += packages
        lines += units
        lines += accounts
        if let server = probe.server { lines += ServerProbeScript(probe: server).lines }
        lines += commands
        lines += ["s end", "}", "main </dev/null"]
        return Script(.init(lines.joined(separator: "\n") + "\n"), limit: Self.limit)
    }

    private var system: [String] {
        [
            "s system",
            "(ID=; VERSION_CODENAME=; [ -r /etc/os-release ] && . /etc/os-release; echo \"id=$ID\"; echo \"codename=$VERSION_CODENAME\")",
            "read -r v </proc/sys/kernel/hostname && echo \"hostname=$v\"",
            "read -r v </proc/sys/kernel/random/boot_id && echo \"boot=$v\"",
            "while read -r k v u; do [ \"$k\" = MemTotal: ] && echo \"memory=$v\" && break; done </proc/meminfo",
            "[ -d /run/systemd/system ] && echo systemd=yes",
            "while read -r k v w; do [ \"$k\" = Uid: ] && echo \"uid=$w\" && break; done </proc/self/status",
        ]
    }

    private var files: [String] {
        let paths = probe.files.sorted()
        if paths.isEmpty { return [] }
        let words = Shell.quote(paths)
        return [
            "s stat", "stat -c '%F|%a|%U|%G|%s|%.6Y|%n' -- \(words) 2>&1",
            "s sha256", "sha256sum -- \(words) 2>/dev/null",
        ]
    }

    private var contents: [String] {
        probe.contents.sorted().map { path in
            let word = Shell.quote(path)
            return "if [ -e \(word) ]; then s content \(word); cat \(word) || s failed; else s missing \(word); fi"
        }
    }

    private var packages: [String] {
        let names = probe.packages.sorted()
        if names.isEmpty { return [] }
        return [
            "s packages",
            "dpkg-query -W -f '${Package}|${db:Status-Status}|${Version}\\n' \(Shell.quote(names)) 2>&1",
        ]
    }

    private var units: [String] {
        let names = probe.units.sorted()
        if names.isEmpty { return [] }
        return [
            "s units",
            "systemctl show -p Id,LoadState,ActiveState,UnitFileState,NeedDaemonReload \(Shell.quote(names)) 2>&1",
        ]
    }

    private var accounts: [String] {
        let names = probe.accounts.sorted()
        if names.isEmpty { return [] }
        return ["s accounts", "getent passwd \(Shell.quote(names)); echo \"status=$?\""]
    }

    private var commands: [String] {
        probe.commands.sorted { $0.key < $1.key }.map { name, fragment in
            "s command \(Shell.quote(name)); ( \(fragment)\n); s status $?"
        }
    }
}
