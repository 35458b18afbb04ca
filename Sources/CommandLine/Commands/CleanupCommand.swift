import ArgumentParser
import Blueprint

/// `kumki cleanup`: the engine forgets past failures.
struct CleanupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cleanup", abstract: "Let the engine forget past failures of hosts that are well again.",
        discussion: """
            Under pgpool-II, servers that were lost get clients again, and it looks once more for the primary. What is \
            still wrong with a server stays wrong: `kumki status` shows it.
            """)

    @OptionGroup var options: WholeClusterOptions

    @Argument(help: "The host, by its name in the inventory; without it all of them.")
    var host: String?

    func run() async throws {
        try await options.run(
            .cleanup, Operation(attaches: host, asksFollowers: true),
            naming: host.map { ["HOST": HostList([$0])] } ?? [:])
    }
}
