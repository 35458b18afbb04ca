import ArgumentParser

/// `kumki stop`: a running cluster goes down, the primary first.
struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop the whole cluster cleanly: the primary, then the standbys.",
        discussion: "The servers stay enabled: they start with their hosts again.")

    @OptionGroup var options: WholeClusterOptions

    func run() async throws {
        try await options.run(.stop)
    }
}
