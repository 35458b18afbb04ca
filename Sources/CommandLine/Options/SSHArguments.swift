import ArgumentParser
import Inventory

/// How hosts are reached that stand in no inventory yet: the keys of its `ssh`.
struct SSHArguments: ParsableArguments {
    @Option(
        name: .customLong("identity-file"),
        help: "The private key. Without it the agent's, then the usual files.", completion: .file())
    var identityFile: String?

    @Option(name: .customLong("known-hosts-file"), help: "In place of ~/.ssh/known_hosts.", completion: .file())
    var knownHostsFile: String?

    @Option(
        name: .customLong("host-keys"), help: ArgumentHelp("What known_hosts lacks.", valueName: "strict|accept-new"))
    var hostKeys = SSHOptions.HostKeys.strict

    @Option(help: ArgumentHelp("How an account that is not root becomes it.", valueName: "none|sudo"))
    var become = SSHOptions.Become.none

    @Option(help: ArgumentHelp("A host whose sshd leads to the others.", valueName: "[user@]address[:port]"))
    var jump: RemoteAddress?

    func options(for host: RemoteAddress) -> SSHOptions {
        SSHOptions(
            user: host.user, port: host.port ?? 22, identityFile: identityFile, knownHostsFile: knownHostsFile,
            hostKeys: hostKeys, become: become,
            jump: jump.map { SSHOptions.Jump(address: $0.address, user: $0.user, port: $0.port ?? 22) })
    }
}

extension SSHOptions.HostKeys: ExpressibleByArgument {}
extension SSHOptions.Become: ExpressibleByArgument {}
