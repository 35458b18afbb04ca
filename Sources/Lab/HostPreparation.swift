package import Inventory

/// Makes a fresh container a host that its inventory's `ssh` options can reach, and tells its host keys.
///
/// The script changes nothing the second time.
package struct HostPreparation: Hashable, Sendable {
    package let container: LabContainer
    /// The account that kumki connects as.
    package let user: String
    package let needsSudo: Bool
    package let authorizedKey: String

    package init(container: LabContainer, ssh: SSHOptions, localUser: String, authorizedKey: String) {
        self.container = container
        user = ssh.user ?? localUser
        needsSudo = ssh.become == .sudo
        self.authorizedKey = authorizedKey
    }

    /// Exit status when the system does not come up in time.
    package static let notReady: Int32 = 75

    /// Prints the public host keys, one a line, once sshd listens.
    package var script: String {
        """
        set -eu
        user=\(Self.quoted(user))
        port='\(container.sshPort)'
        key=\(Self.quoted(authorizedKey.filter { !$0.isNewline }))
        n=0
        wait_for() {
            until "$@"; do
                n=$((n + 1))
                if [ $n -gt 600 ]; then
                    systemctl --failed --plain --no-legend >&2 || true
                    exit \(Self.notReady)
                fi
                sleep 0.1
            done
        }
        booted() {
            case $(timeout 60 systemctl is-system-running --wait 2>/dev/null || true) in
            running | degraded) ;;
            *) return 1 ;;
            esac
        }
        listening() {
            [ -n "$(ss -Hltn "sport = :$port")" ]
        }
        grep -qs "127.0.1.1" /etc/hosts ||
            printf '127.0.0.1\\tlocalhost\\n::1\\tlocalhost ip6-localhost\\n127.0.1.1\\t%s\\n' "$(hostname)" >/etc/hosts
        chmod 644 /etc/hosts
        getent passwd "$user" >/dev/null || useradd --create-home --shell /bin/bash "$user"
        home=$(getent passwd "$user" | cut -d: -f6)
        if ! grep -qsxF "$key" "$home/.ssh/authorized_keys"; then
            mkdir -p "$home/.ssh"
            echo "$key" >>"$home/.ssh/authorized_keys"
            chmod 700 "$home/.ssh"
            chmod 600 "$home/.ssh/authorized_keys"
            chown -R "$user:" "$home/.ssh"
        fi
        \(needsSudo ? #"echo "$user ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/kumki-lab"# : ":")
        \(container.plain ? ":" : systemdPart)
        wait_for listening
        cat /etc/ssh/ssh_host_*_key.pub

        """
    }

    private static func quoted(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }

    private var systemdPart: String {
        """
        wait_for booted
        if [ "$port" != 22 ] && ! listening; then
            echo "Port $port" >/etc/ssh/sshd_config.d/kumki-lab.conf
            systemctl restart ssh
        fi
        """
    }

    /// The lines of known_hosts for the public host keys that the script printed.
    package func knownHosts(from output: String) -> [String] {
        let name = container.sshPort == 22 ? container.address : "[\(container.address)]:\(container.sshPort)"
        return output.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count >= 2, words[0].hasPrefix("ssh-") || words[0].hasPrefix("ecdsa-") else { return nil }
            return "\(name) \(words[0]) \(words[1])"
        }
    }
}
