import Inventory
import Planning

/// The open connections of one command, closed when its work ends.
struct Connections: Sendable {
    let observer: Observer
    private let ssh: SSHProvider

    var provider: any HostProvider { observer.provider }

    private init(_ ssh: SSHProvider, hiding hidden: Set<String>, parallel: Int, console: Console) {
        self.ssh = ssh
        var provider: any HostProvider =
            console.isVerbose ? LoggedProvider(base: ssh, logger: console.logger) : ssh
        if !hidden.isEmpty { provider = PartialProvider(base: provider, hidden: hidden) }
        observer = Observer(provider: provider, width: parallel)
    }

    /// - Parameter hidden: hosts that can't be reached, as if somebody else's network lay between.
    static func open<Value>(
        to inventory: Inventory, hiding hidden: Set<String> = [], parallel: Int, console: Console,
        _ body: (Connections) async throws -> Value
    ) async throws -> Value {
        try await open(through: SSHProvider(inventory), hiding: hidden, parallel: parallel, console: console, body)
    }

    static func open<Value>(
        through ssh: SSHProvider, hiding hidden: Set<String> = [], parallel: Int = 64, console: Console,
        _ body: (Connections) async throws -> Value
    ) async throws -> Value {
        let connections = Connections(ssh, hiding: hidden, parallel: parallel, console: console)
        do {
            let value = try await body(connections)
            await connections.ssh.close()
            return value
        } catch {
            await connections.ssh.close()
            throw error
        }
    }
}
