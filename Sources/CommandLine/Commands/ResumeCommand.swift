import ArgumentParser
import Blueprint

/// `kumki resume`: the engine watches the cluster again.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Put the engine's hands on again: it acts when a server is lost.")

    @OptionGroup var options: WholeClusterOptions

    func run() async throws {
        try await options.run(.resume, Operation(pauses: false))
    }
}
