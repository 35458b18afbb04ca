import ArgumentParser
import Blueprint
import Diagnostics
import Inventory
import Planning
import Resources

/// `kumki primary`: the live primary's name and nothing else.
struct PrimaryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "primary", abstract: "Print the name of the host that is primary now, and nothing else.")

    @OptionGroup var argument: InventoryArgument
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        try await console.reporting {
            let loaded = try LoadedInventory(path: argument.inventory, console: console)
            let without = try connection.without.checked("--without", against: loaded.inventory)
            let roles = try await Connections.open(
                to: loaded.inventory, parallel: connection.parallel, console: console
            ) { await Self.roles(of: loaded.inventory, with: $0.observer, without: without) }
            // Another version or a diverged standby does not change who is primary.
            let doubts = roles.refusals.filter { $0.code.hasPrefix("roles.") }
            guard case .live(let name) = roles.primary, doubts.isEmpty else {
                throw Problems(
                    doubts.isEmpty
                        ? [
                            .error(
                                "roles.unborn", "the cluster has no primary yet: no database host holds data",
                                hint: "kumki apply \(argument.inventory)")
                        ] : doubts)
            }
            console.print(name + "\n")
        }
    }

    private static func roles(of inventory: Inventory, with observer: Observer, without: Set<String>) async -> LiveRoles
    {
        let probe = Probe(server: ServerProbe(location: ServerLocation(inventory)))
        let hosts = inventory.databaseHosts.filter { !without.contains($0.name) }
        let observation = await observer.observe(hosts.map { ($0, probe) })
        return LiveRoles(inventory, observation.facts, without: without)
    }
}
