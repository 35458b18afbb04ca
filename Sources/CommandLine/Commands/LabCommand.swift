import ArgumentParser
import Diagnostics
import Lab

struct LabCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "lab", subcommands: [Up.self, Down.self])

    struct Up: AsyncParsableCommand {
        @Argument var inventory: String
        @Flag var prebuilt = false
        func run() async throws {
            let loaded = try LoadedInventory(path: inventory)
            let lab = try await Lab(loaded.inventory, options: Lab.Options(prebuilt: prebuilt)) { print($0) }
            let report = try await lab.up()
            print(report)
        }
    }
    struct Down: AsyncParsableCommand {
        @Argument var inventory: String
        func run() async throws {
            let loaded = try LoadedInventory(path: inventory)
            let lab = try await Lab(loaded.inventory) { print($0) }
            print(try await lab.down())
        }
    }
}
