import ArgumentParser
import Blueprint
import Diagnostics

/// `kumki drain`: a host goes out of service.
struct DrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Take a host out of service for maintenance; nothing starts it unasked.",
        discussion: """
            A primary is switched over first. Standbys below the host follow the primary, its pgpool-II and its server \
            stop and do not start with the host, and its slot keeps the WAL that it will need. `kumki undrain` brings it \
            back.
            """)

    @OptionGroup var options: WholeClusterOptions

    @Argument(help: "The host, by its name in the inventory.")
    var host: String

    @Option(help: ArgumentHelp("How long a primary's clean stop may take before all goes back.", valueName: "time"))
    var timeout = TimeLimit.cleanStop

    func run() async throws {
        try await options.run(
            .drain(host), Operation(stopLimit: timeout.duration, named: host, service: .leaving), after: .vacate(host))
    }
}
