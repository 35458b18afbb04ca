import Applying
import ArgumentParser
import Diagnostics
import Planning

/// `kumki apply`: makes the hosts what the inventory says.
struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Plan, show the plan, ask, carry it out in order, and look again.",
        discussion: """
            Exits with 0 when the cluster is as declared, with 2 when it was carried out and something is left (a \
            restart that --restart holds back), with 1 when a step failed or nothing was done. Ctrl-C once finishes \
            what runs and stops, twice leaves at once; after either, the same command goes on where it stopped.
            """)

    @OptionGroup var argument: InventoryArgument
    @OptionGroup var scope: ScopeOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var folders: FolderOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Ask nothing. Needed where standard input is no terminal; never enough to destroy data.")
    var yes = false

    @Option(
        name: .customLong("approve-destroy"),
        help: ArgumentHelp("Let the plan destroy the data of these hosts.", valueName: "host,…"))
    var approveDestroy = HostList()

    @Option(
        name: .customLong("plan"), help: "Carry out exactly this saved plan, if it still holds.", completion: .file())
    var file: String?

    func validate() throws {
        if file != nil, !scope.limit.names.isEmpty || scope.restart != .all || !connection.without.names.isEmpty {
            throw ValidationError(
                "--plan carries out what was saved: --limit, --restart and --without belong to `plan`.")
        }
    }

    func run() async throws {
        let console = output.console
        try await console.reporting {
            let workspace = try await Workspace.open(
                path: argument.inventory, folders: folders.folders, console: console)
            let saved = try file.map { try SavedPlan(readingFrom: $0) }
            let options = try saved?.scope ?? Planner.Options(scope, connection, workspace.inventory)
            let approval = Approval(
                yes: yes || saved != nil,
                destroy: try approveDestroy.checked("--approve-destroy", against: workspace.inventory),
                question: Question(style: console.errorStyle))
            let code = try await DeploymentSession(
                workspace: workspace, parts: [try DeploymentPart(.apply, in: workspace, options)], approval: approval,
                saved: saved, parallel: connection.parallel, format: format.format,
                console: console
            ).run()
            if code != 0 { throw ExitCode(code) }
        }
    }
}
