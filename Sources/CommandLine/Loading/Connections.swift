import Inventory
import Planning

/// The open connections of one command, closed when its work ends.
struct Connections: Sendable {
    let observer: Observer
    private let ssh: SSHProvider

    var provider: any HostProvider { observer.provider }

    private init(_ ssh: SSHProvider, parallel: Int, console: Console) {
        self.ssh = ssh
        let provider: any HostProvider =
            console.isVerbose ? LoggedProvider(base: ssh, logger: console.logger) : ssh
        observer = Observer(provider: provider, width: parallel)
    }

    static func open<Value>(
        to inventory: Inventory, parallel: Int, console: Console, _ body: (Connections) async throws -> Value
    ) async throws -> Value {
        try await open(through: SSHProvider(inventory), parallel: parallel, console: console, body)
    }

    static func open<Value>(
        through ssh: SSHProvider, parallel: Int = 64, console: Console,
        _ body: (Connections) async throws -> Value
    ) async throws -> Value {
        let connections = Connections(ssh, parallel: parallel, console: console)
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
