import ArgumentParser
import Diagnostics
import Lab

struct LabDownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Remove the containers, their network and their files.")

    @OptionGroup var argument: InventoryArgument
    @OptionGroup var output: OutputOptions

    @Option(help: "podman or docker.")
    var engine: ContainerEngine.Kind?

    @Flag(help: "Remove the images too.")
    var images = false

    func run() async throws {
        let console = output.console
        try await console.reporting {
            let loaded = try LoadedInventory(path: argument.inventory, console: console)
            let lab = try await Lab(loaded.inventory, options: Lab.Options(engine: engine)) { console.tell("\($0)\n") }
            console.print(LabText.of(try await lab.down(removingImages: images), console))
        }
    }
}
