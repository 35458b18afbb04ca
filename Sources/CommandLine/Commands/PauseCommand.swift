import ArgumentParser
import Blueprint

/// `kumki pause`: the engine's hands are off the cluster.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Take the engine's hands off: a server that is lost is left as it is.",
        discussion: """
            For work on the servers by other means than kumki, which does this by itself. It holds until `kumki resume`, \
            through reboots too; `status` and `plan` say so.
            """)

    @OptionGroup var options: WholeClusterOptions

    func run() async throws {
        try await options.run(.pause, Operation(pauses: true))
    }
}
