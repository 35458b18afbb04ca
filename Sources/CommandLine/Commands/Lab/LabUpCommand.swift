import ArgumentParser
import Diagnostics
import Lab

struct LabUpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Make the containers run, from whatever state they are in.")

    @OptionGroup var argument: InventoryArgument
    @OptionGroup var lab: LabOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        try await console.reporting {
            let loaded = try LoadedInventory(path: argument.inventory, console: console)
            let lab = try await Lab(loaded.inventory, options: lab.options) { console.tell("\($0)\n") }
            console.print(LabText.of(try await lab.up(), console))
        }
    }
}
