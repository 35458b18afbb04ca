/// How to reach a host; a host's own keys win over the cluster's.
package struct SSHOptions: Hashable, Sendable {
    package enum HostKeys: String, CaseIterable, Hashable, Sendable {
        case strict
        case acceptNew = "accept-new"
    }

    package enum Become: String, CaseIterable, Hashable, Sendable {
        case none, sudo
    }

    package struct Jump: Hashable, Sendable {
        package var address: String
        /// Nil is the user of the target.
        package var user: String?
        package var port: Int

        package init(address: String, user: String? = nil, port: Int = 22) {
            self.address = address
            self.user = user
            self.port = port
        }
    }

    /// Nil is the local user.
    package var user: String?
    package var port: Int
    /// Absolute, or relative to the inventory, or from `~`; nil is the agent, then the usual files.
    package var identityFile: String?
    /// Nil is `~/.ssh/known_hosts`.
    package var knownHostsFile: String?
    package var hostKeys: HostKeys
    package var become: Become
    package var jump: Jump?
    package var connectTimeout: Duration

    package init(
        user: String? = nil, port: Int = 22, identityFile: String? = nil, knownHostsFile: String? = nil,
        hostKeys: HostKeys = .strict, become: Become = .none, jump: Jump? = nil,
        connectTimeout: Duration = .seconds(10)
    ) {
        self.user = user
        self.port = port
        self.identityFile = identityFile
        self.knownHostsFile = knownHostsFile
        self.hostKeys = hostKeys
        self.become = become
        self.jump = jump
        self.connectTimeout = connectTimeout
    }
}
