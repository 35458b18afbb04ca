import ArgumentParser

/// `kumki start`: a stopped cluster comes up, the standbys first.
struct StartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start the whole cluster: the standbys, then the primary.",
        discussion: "The server that was primary last is primary again; it is refused when another could be newer.")

    @OptionGroup var options: WholeClusterOptions

    func run() async throws {
        try await options.run(.start)
    }
}
