/// A host and how to reach it.
package struct SSHTarget: Hashable, Sendable {
    package enum HostKeys: Hashable, Sendable {
        /// Only keys that `known_hosts` has.
        case strict
        /// A host that `known_hosts` does not have is added to it; a changed key is refused all the same.
        case acceptNew
    }

    /// A host whose sshd opens the connection to the target for us (`ProxyJump`).
    package struct Jump: Hashable, Sendable {
        package var address: String
        /// Nil is the target's user.
        package var user: String?
        package var port: Int

        package init(address: String, user: String? = nil, port: Int = 22) {
            self.address = address
            self.user = user
            self.port = port
        }
    }

    /// The host's key in the inventory, which errors name.
    package var name: String
    /// An IP address or a name to resolve; also what `known_hosts` is asked for.
    package var address: String
    package var port: Int
    /// Nil is the local user.
    package var user: String?
    /// Nil is the agent, then `~/.ssh/id_ed25519`, `id_ecdsa` and `id_rsa`. A leading `~` is the local user's home.
    package var identityFile: String?
    /// The agent's socket; nil is `SSH_AUTH_SOCK`, and an empty path no agent.
    package var agentSocket: String?
    /// Nil is `~/.ssh/known_hosts`.
    package var knownHostsFile: String?
    package var hostKeys: HostKeys
    /// Whether scripts run through `sudo -n`.
    package var becomeSudo: Bool
    package var jump: Jump?
    /// From the first packet to the end of authentication, retries included. Default 10 s.
    package var connectTimeout: Duration
    /// How often a silent host is asked whether it lives; the third question without an answer ends the connection.
    /// Default 15 s.
    package var keepalive: Duration

    package init(
        name: String, address: String, port: Int = 22, user: String? = nil, identityFile: String? = nil,
        agentSocket: String? = nil, knownHostsFile: String? = nil, hostKeys: HostKeys = .strict,
        becomeSudo: Bool = false,
        jump: Jump? = nil, connectTimeout: Duration = .seconds(10), keepalive: Duration = .seconds(15)
    ) {
        self.name = name
        self.address = address
        self.port = port
        self.user = user
        self.identityFile = identityFile
        self.agentSocket = agentSocket
        self.knownHostsFile = knownHostsFile
        self.hostKeys = hostKeys
        self.becomeSudo = becomeSudo
        self.jump = jump
        self.connectTimeout = connectTimeout
        self.keepalive = keepalive
    }

    /// The jump host as a target of its own, reached with the same keys and the same trust.
    var jumpTarget: SSHTarget? {
        guard let jump else { return nil }
        return SSHTarget(
            name: jump.address, address: jump.address, port: jump.port, user: jump.user ?? user,
            identityFile: identityFile, agentSocket: agentSocket, knownHostsFile: knownHostsFile, hostKeys: hostKeys,
            connectTimeout: connectTimeout, keepalive: keepalive)
    }
}
