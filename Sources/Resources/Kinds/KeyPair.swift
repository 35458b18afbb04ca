import Diagnostics
import Hosts

/// The ed25519 key of an account, made on its host; the private half never leaves it.
package struct KeyPair: Resource {
    package let name = "key"
    package var location: ServerLocation

    package init(location: ServerLocation) {
        self.location = location
    }

    package var isSmall: Bool { true }
    package var privateFile: String { location.home + "/.ssh/id_ed25519" }
    package var publicFile: String { privateFile + ".pub" }

    package var probe: Probe { Probe(files: [privateFile], contents: [publicFile]) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch (facts.file(privateFile), facts.content(publicFile)) {
        case (.unknown(let reason), _), (_, .unknown(let reason)): return .unknown(reason)
        case (.absent, _): return make(.create, "\(location.account) has no ed25519 key")
        case (.present, .absent): return make(.update, "the public half is missing")
        case (.present(let file), .present):
            var reasons: [String] = []
            if file.mode != "0600" { reasons.append("mode \(file.mode) -> 0600") }
            if file.owner != location.account { reasons.append("owner \(file.owner) -> \(location.account)") }
            return reasons.isEmpty ? .same : make(.update, reasons.joined(separator: ", "))
        }
    }

    private func make(_ action: Change.Action, _ reason: String) -> Finding {
        let account = location.account
        let folder = Shell.quote(location.home + "/.ssh")
        let key = Shell.quote(privateFile)
        return .change(
            Change(
                action, reason,
                script: Script(
                    """
                    command -v ssh-keygen >/dev/null || { echo "ssh-keygen is missing: install openssh-client" >&2; exit 1; }
                    install -d -o \(account) -g \(account) -m 0700 \(folder)
                    [ -e \(key) ] || ssh-keygen -q -t ed25519 -N '' -C "\(account)@$(cat /proc/sys/kernel/hostname)" -f \(key)
                    [ -e \(key).pub ] || ssh-keygen -y -f \(key) >\(key).pub
                    chown \(account):\(account) \(key) \(key).pub
                    chmod 0600 \(key); chmod 0644 \(key).pub

                    """)))
    }
}

/// Lines of authorized_keys that let the same account of the other database hosts in, each from its own address only.
package struct AuthorizedKeys: Resource {
    package struct Peer: Hashable, Sendable {
        package var host: String
        package var address: String

        package init(host: String, address: String) {
            self.host = host
            self.address = address
        }
    }

    package let name = "authorized_keys"
    package var cluster: String
    package var peers: [Peer]
    package var location: ServerLocation

    package init(cluster: String, peers: [Peer], location: ServerLocation) {
        self.cluster = cluster
        self.peers = peers
        self.location = location
    }

    private var path: String { location.home + "/.ssh/authorized_keys" }
    private var publicFile: String { KeyPair(location: location).publicFile }

    package var probe: Probe { Probe(files: [path], contents: [path]) }

    package var peerProbes: [String: Probe] {
        Dictionary(peers.map { ($0.host, Probe(contents: [publicFile])) }) { $1 }
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        let there = facts.contents[path]?.value ?? ""
        var lines = Content()
        for peer in peers {
            if let key = cluster[peer.host]?.content(publicFile).value?.split(separator: "\n").first {
                lines.append(
                    "from=\"\(peer.address)\",no-port-forwarding,no-X11-forwarding,no-agent-forwarding \(key)\n")
            } else if let seen = cluster[peer.host], seen.content(publicFile).isAbsent {
                // It comes with the peer's own step; what is planned here is written then.
                lines.append("# the key of \(peer.host) comes first\n")
            } else if let kept = there.split(separator: "\n").first(where: { $0.hasPrefix("from=\"\(peer.address)\"") })
            {
                // A host that can't be seen is unknown, not gone: its line stays.
                lines.append("\(kept)\n")
            }
        }
        return ManagedBlock(
            name: name, path: path, cluster: self.cluster, content: lines, mode: "0600", owner: location.account,
            group: location.account
        ).compare(facts, in: cluster)
    }
}

/// Lines of known_hosts with the other hosts' own keys, as read over the connections that kumki itself has checked.
package struct KnownHosts: Resource {
    package let name = "known_hosts"
    package var cluster: String
    package var peers: [AuthorizedKeys.Peer]
    package var location: ServerLocation

    package init(cluster: String, peers: [AuthorizedKeys.Peer], location: ServerLocation) {
        self.cluster = cluster
        self.peers = peers
        self.location = location
    }

    private var path: String { location.home + "/.ssh/known_hosts" }
    private static let hostKey = "/etc/ssh/ssh_host_ed25519_key.pub"

    package var probe: Probe { Probe(files: [path], contents: [path]) }

    package var peerProbes: [String: Probe] {
        Dictionary(peers.map { ($0.host, Probe(contents: [Self.hostKey])) }) { $1 }
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        let there = facts.contents[path]?.value ?? ""
        var lines = Content()
        for peer in peers {
            if let key = cluster[peer.host]?.content(Self.hostKey).value {
                let words = key.split(separator: " ").prefix(2).joined(separator: " ")
                lines.append("\(peer.host),\(peer.address) \(words)\n")
            } else if let kept = there.split(separator: "\n").first(where: {
                $0.hasPrefix("\(peer.host),\(peer.address) ")
            }) {
                lines.append("\(kept)\n")
            }
        }
        return ManagedBlock(
            name: name, path: path, cluster: self.cluster, content: lines, mode: "0600", owner: location.account,
            group: location.account
        ).compare(facts, in: cluster)
    }
}
