import ArgumentParser
import Operations

/// `kumki drill`: a fault while a client writes, and what came of it.
struct DrillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill", abstract: "Break the cluster while a client writes, mend it, and tell what was lost.",
        discussion: """
            A primary that is hit is replaced by a failover and comes back by a rejoin. Every fault heals itself by a \
            timer on the host, should kumki die. Exits with 0 when no synchronously acknowledged row was lost, no two \
            hosts took writes at one time and every host is back in its place, else with 2. The cluster must be \
            healthy. On hosts that are no lab containers of this machine it asks for the cluster's name.
            """)

    @OptionGroup var argument: InventoryArgument

    @Argument(help: "What happens: \(DrillChoice.allValueStrings.joined(separator: ", ")).")
    var fault: DrillChoice

    @Flag(help: "Ask nothing; enough for lab containers of this machine only.")
    var yes = false

    @Option(
        help: ArgumentHelp(
            "The cluster's name, to agree to a drill on real hosts without a terminal.", valueName: "name"))
    var cluster: String?

    @Option(help: "Write a page with a timeline of each fault as HTML.", completion: .file(extensions: ["html"]))
    var report: String?

    @Option(help: ArgumentHelp("How many hosts are worked on at once.", valueName: "n"))
    var parallel = 64

    @OptionGroup var folders: FolderOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if parallel < 1 { throw ValidationError("--parallel needs a number from 1 up.") }
    }

    func run() async throws {
        let console = output.console
        try await console.reporting {
            let workspace = try await Workspace.open(
                path: argument.inventory, folders: folders.folders, console: console)
            let code = try await DrillSession(
                workspace: workspace, faults: fault.faults,
                consent: DrillConsent(yes: yes, cluster: cluster, question: Question(style: console.errorStyle)),
                parallel: parallel, format: format.format, report: report, console: console
            ).run()
            if code != 0 { throw ExitCode(code) }
        }
    }
}
