import Applying
import ArgumentParser
import Blueprint
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

    @Flag(help: "Remove the data of hosts with `state: absent`, and kumki's own files; each needs --approve-destroy.")
    var purge = false

    @Flag(
        name: .customLong("switchover-first"),
        help: "Where the primary must restart: restart its standbys, switch over, and let it come back as a standby.")
    var switchoverFirst = false

    func validate() throws {
        if file != nil, purge || switchoverFirst {
            throw ValidationError("--plan carries out what was saved, and nothing besides: leave the other option out.")
        }
        if switchoverFirst, !scope.limit.names.isEmpty || scope.restart != .all {
            throw ValidationError(
                "--switchover-first restarts every server that needs it: leave --limit and --restart out.")
        }
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
            var options = try saved?.scope ?? Planner.Options(scope, connection, workspace.inventory)
            options.operation.purges = purge
            let approval = Approval(
                yes: yes || saved != nil,
                destroy: try approveDestroy.checked("--approve-destroy", against: workspace.inventory),
                question: Question(style: console.errorStyle))
            let code = try await DeploymentSession(
                workspace: workspace, parts: try parts(workspace, options), approval: approval,
                saved: saved, parallel: connection.parallel, format: format.format,
                console: console
            ).run()
            if code != 0 { throw ExitCode(code) }
        }
    }

    /// All but the primary's restart, the switchover that stands in for it, and what only then can be done.
    private func parts(_ workspace: Workspace, _ options: Planner.Options) throws -> [DeploymentPart] {
        let whole = try DeploymentPart(.apply, in: workspace, options)
        if !switchoverFirst { return [whole] }
        var first = options
        first.restart = .standbys
        let switchover = Planner.Options(
            without: options.without, operation: Operation(stopLimit: TimeLimit.cleanStop.duration))
        return [
            try DeploymentPart(.apply, in: workspace, first),
            try DeploymentPart(.switchover(to: nil), in: workspace, switchover, condition: .whenRestartWaits),
            try DeploymentPart(.apply, in: workspace, options, condition: .whenRestartWaits),
        ]
    }
}
