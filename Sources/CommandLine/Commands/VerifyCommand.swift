import ArgumentParser
import Hosts
import Inventory
import Operations

/// `kumki verify`: proof that the cluster does what its inventory says.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Prove it: a row written on the primary is read on every standby.",
        discussion: """
            Writes only to its own table, kumki.probe in database postgres. Exits with 0 when everything passed, with \
            2 when something did not, with 1 when no host answers.
            """)

    @OptionGroup var argument: InventoryArgument
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        try await console.reporting {
            let loaded = try LoadedInventory(path: argument.inventory, console: console)
            let without = try connection.without.checked("--without", against: loaded.inventory)
            let verification = try await Connections.open(
                to: loaded.inventory, parallel: connection.parallel, console: console
            ) { await Verification.run(loaded.inventory, without: without, with: $0.observer) }
            switch format.format {
            case .human: console.print(VerificationText(verification: verification, style: console.style).text)
            case .json: console.print(JSONDocument.text(of: VerificationPayload(verification)))
            }
            console.report(verification.status.unreachable.map(\.diagnostic))
            if verification.status.nobodyAnswers { throw ExitCode(1) }
            if !verification.passed { throw ExitCode(2) }
        }
    }
}
