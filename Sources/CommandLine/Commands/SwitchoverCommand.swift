import ArgumentParser
import Blueprint
import Diagnostics

/// `kumki switchover`: a planned change of primary.
struct SwitchoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switchover", abstract: "Make another host primary; nothing that was committed is lost.",
        discussion: """
            The former primary is stopped cleanly, its successor is promoted once it holds the shutdown checkpoint, \
            the others follow it, and the former primary comes back as a standby. When the successor can't be \
            promoted, the former primary is started again.
            """)

    @OptionGroup var options: WholeClusterOptions

    @Option(name: .customLong("to"), help: "The new primary; default: the best synchronous standby, else the best.")
    var target: String?

    @Option(help: ArgumentHelp("How long the clean stop may take before all goes back.", valueName: "time"))
    var timeout = TimeLimit.cleanStop

    func run() async throws {
        try await options.run(.switchover(to: target), Operation(stopLimit: timeout.duration))
    }
}
