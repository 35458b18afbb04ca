import Diagnostics
import Hosts

/// A key of the servers' account: the account's own, or one of an engine's scripts that lets in for one program.
package struct KeyUse: Hashable, Sendable {
    package var account: String
    package var home: String
    /// The name of the private half below `.ssh`.
    package var file: String
    /// The one program that it may run where it lets in; nil for any.
    package var command: String?
    /// What the lines of ours are marked with.
    package var mark: String
    /// What precedes the steps' names.
    package var prefix: String

    /// The account's own key, with which it may do anything.
    package init(of location: ServerLocation, cluster: String) {
        account = location.account
        home = location.home
        file = "id_ed25519"
        mark = cluster
        prefix = ""
    }

    package init(
        account: String, home: String, file: String, command: String, mark: String, prefix: String
    ) {
        self.account = account
        self.home = home
        self.file = file
        self.command = command
        self.mark = mark
        self.prefix = prefix
    }

    package var folder: String { "\(home)/.ssh" }
    package var privateFile: String { "\(folder)/\(file)" }
    package var publicFile: String { privateFile + ".pub" }

    /// Makes sure of `.ssh`.
    var folderScript: String { "install -d -o \(account) -g \(account) -m 0700 \(Shell.quote(home + "/.ssh"))" }

    /// What stands before the key in authorized_keys.
    func options(from address: String) -> String {
        guard let command else {
            return "from=\"\(address)\",no-port-forwarding,no-X11-forwarding,no-agent-forwarding"
        }
        return "restrict,command=\"\(command)\",from=\"\(address)\""
    }
}

/// An ed25519 key, made on its host; the private half never leaves it.
package struct KeyPair: Resource {
    package var use: KeyUse

    package init(_ use: KeyUse) {
        self.use = use
    }

    package var isSmall: Bool { true }
    package var name: String { use.prefix + "key" }
    package var privateFile: String { use.privateFile }
    package var publicFile: String { use.publicFile }

    package var probe: Probe { Probe(files: [privateFile], contents: [publicFile]) }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        switch (facts.file(privateFile), facts.content(publicFile)) {
        case (.unknown(let reason), _), (_, .unknown(let reason)): return .unknown(reason)
        case (.absent, _): return make(.create, "\(use.account) has no \(use.prefix)ed25519 key")
        case (.present, .absent): return make(.update, "the public half is missing")
        case (.present(let file), .present):
            var reasons: [String] = []
            if file.mode != "0600" { reasons.append("mode \(file.mode) -> 0600") }
            if file.owner != use.account { reasons.append("owner \(file.owner) -> \(use.account)") }
            return reasons.isEmpty ? .same : make(.update, reasons.joined(separator: ", "))
        }
    }

    private func make(_ action: Change.Action, _ reason: String) -> Finding {
        let account = use.account
        let key = Shell.quote(privateFile)
        return .change(
            Change(
                action, reason,
                script: Script(
                    """
                    command -v ssh-keygen >/dev/null || { echo "ssh-keygen is missing: install openssh-client" >&2; exit 1; }
                    \(use.folderScript)
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

    package var use: KeyUse
    package var peers: [Peer]

    package init(_ use: KeyUse, peers: [Peer]) {
        self.use = use
        self.peers = peers
    }

    package var name: String { use.prefix + "authorized_keys" }
    private var path: String { use.home + "/.ssh/authorized_keys" }
    private var publicFile: String { use.publicFile }

    package var probe: Probe { Probe(files: [path], contents: [path]) }

    package var peerProbes: [String: Probe] {
        Dictionary(peers.map { ($0.host, Probe(contents: [publicFile])) }) { $1 }
    }

    package func compare(_ facts: HostFacts, in cluster: ClusterFacts) -> Finding {
        let there = facts.contents[path]?.value ?? ""
        var lines = Content()
        for peer in peers {
            let options = use.options(from: peer.address)
            if let key = cluster[peer.host]?.content(publicFile).value?.split(separator: "\n").first {
                lines.append("\(options) \(key)\n")
            } else if let seen = cluster[peer.host], seen.content(publicFile).isAbsent {
                // It comes with the peer's own step; what is planned here is written then.
                lines.append("# the key of \(peer.host) comes first\n")
            } else if let kept = there.split(separator: "\n").first(where: { $0.hasPrefix(options + " ") }) {
                // A host that can't be seen is unknown, not gone: its line stays.
                lines.append("\(kept)\n")
            }
        }
        let block = ManagedBlock(
            name: name, path: path, cluster: use.mark, content: lines, mode: "0600", owner: use.account,
            group: use.account)
        guard case .change(var change) = block.compare(facts, in: cluster) else {
            return block.compare(facts, in: cluster)
        }
        // A host that others may enter has perhaps no key of its own.
        change.script.text = Content(use.folderScript + "\n") + change.script.text
        return .change(change)
    }
}

/// Lines of known_hosts with the other hosts' own keys, as read over the connections that kumki itself has checked.
package struct KnownHosts: Resource {
    package var use: KeyUse
    package var peers: [AuthorizedKeys.Peer]

    package init(_ use: KeyUse, peers: [AuthorizedKeys.Peer]) {
        self.use = use
        self.peers = peers
    }

    package var name: String { use.prefix + "known_hosts" }
    private var path: String { use.home + "/.ssh/known_hosts" }
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
            name: name, path: path, cluster: use.mark, content: lines, mode: "0600", owner: use.account,
            group: use.account
        ).compare(facts, in: cluster)
    }
}
