import Diagnostics
package import Hosts

/// What would be done to one thing, as data: what `apply` runs is what `plan` showed.
package struct Change: Hashable, Sendable {
    package enum Action: String, Hashable, Sendable, Codable {
        case create, update, delete, run
    }

    /// What the change does to a running server.
    package enum Effect: String, Hashable, Sendable, Codable {
        case none, reload, restart, promote, rebuild
    }

    package var action: Action
    /// Why: what is there against what is declared, in one line and without a secret.
    package var reason: String
    package var effect: Effect
    /// Whether data that can't be made again is lost.
    package var destroysData: Bool
    /// A unified diff for eyes, secrets masked.
    package var diff: String?
    /// What stood there when the change was made, where the change overwrites it; checked again before it runs.
    package var basis: String?
    /// Idempotent: killed anywhere and run again, it ends in the same state.
    package var script: Script
    /// Files of this machine that the script needs on the host, uploaded before it runs.
    package var uploads: [Upload]
    /// How far a long step has come, for eyes.
    package var transfer: Transfer?

    package init(
        _ action: Action, _ reason: String, effect: Effect = .none, destroysData: Bool = false, diff: String? = nil,
        basis: String? = nil, script: Script, uploads: [Upload] = [], transfer: Transfer? = nil
    ) {
        self.action = action
        self.reason = reason
        self.effect = effect
        self.destroysData = destroysData
        self.diff = diff
        self.basis = basis
        self.script = script
        self.uploads = uploads
        self.transfer = transfer
    }
}

/// Scripts that tell how much of a long copy there is; they run beside the step's own, and may fail.
package struct Transfer: Hashable, Sendable {
    /// Prints how many bytes are to come, asked once; nothing where nobody knows.
    package var total: Script
    /// Prints how many bytes have come.
    package var done: Script

    package init(total: Script, done: Script) {
        self.total = total
        self.done = done
    }
}

/// A local file on its way to a host.
package struct Upload: Hashable, Sendable {
    package var localPath: String
    package var remotePath: String

    package init(localPath: String, remotePath: String) {
        self.localPath = localPath
        self.remotePath = remotePath
    }
}
