import ArgumentParser
import Blueprint

/// `kumki undrain`: a drained host is in service again.
struct UndrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undrain", abstract: "Bring a drained host back: start it and wait until it streams.",
        discussion: "Its files are brought up to date first, and standbys that are declared below it come back to it.")

    @OptionGroup var options: WholeClusterOptions

    @Argument(help: "The host, by its name in the inventory.")
    var host: String

    func run() async throws {
        try await options.run(.undrain(host), Operation(named: host, service: .returning))
    }
}
