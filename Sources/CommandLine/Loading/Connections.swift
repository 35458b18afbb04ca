import Inventory
import Planning

/// The open connections of one command, closed when its work ends.
struct Connections: Sendable {
    let observer: Observer
    private let ssh: SSHProvider

    var provider: any HostProvider { observer.provider }

    private init(_ inventory: Inventory, parallel: Int, console: Console) {
        ssh = SSHProvider(inventory)
        let provider: any HostProvider =
            console.isVerbose ? LoggedProvider(base: ssh, logger: console.logger) : ssh
        observer = Observer(provider: provider, width: parallel)
    }

    static func open<Value>(
        to inventory: Inventory, parallel: Int, console: Console, _ body: (Connections) async throws -> Value
    ) async throws -> Value {
        let connections = Connections(inventory, parallel: parallel, console: console)
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
