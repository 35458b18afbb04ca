import ArgumentParser
import Diagnostics
import Inventory
import PostgreSQL

/// `kumki validate`: everything that is wrong with an inventory, at once.
struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Show everything that is wrong with an inventory, and where.",
        discussion: "Exits with 0 when nothing is worse than a warning. Connects to nothing and reads no secret.")

    @OptionGroup var argument: InventoryArgument
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        try await console.reporting {
            let loaded = try LoadedInventory(path: argument.inventory, console: console)
            console.report(loaded.warnings)
            let inventory = loaded.inventory
            let hosts = inventory.hosts.count
            let warnings = loaded.warnings.count
            console.print(
                "\(argument.inventory): cluster \(inventory.cluster), \(hosts) \(hosts == 1 ? "host" : "hosts"), "
                    + "PostgreSQL \(inventory.postgresql.version): "
                    + (warnings == 0 ? "valid" : "valid, \(warnings) \(warnings == 1 ? "warning" : "warnings")") + "\n")
        }
    }
}
