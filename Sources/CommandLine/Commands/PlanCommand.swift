import ArgumentParser
import Diagnostics
import Hosts
import Inventory
import Planning

/// `kumki plan`: shows what differs and why; changes nothing.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what would change and why; changes nothing on any host.",
        discussion: """
            Exits with 0 when there is nothing to change, with 2 when there are changes, with 1 when a host can't be \
            seen or something is refused.
            """)

    @OptionGroup var argument: InventoryArgument
    @OptionGroup var scope: ScopeOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var folders: FolderOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Plan as if nothing had been built yet; connects to no host and reads no secret.")
    var offline = false

    @Option(name: .customLong("out"), help: "Save the plan, for `apply --plan`.", completion: .file())
    var file: String?

    func validate() throws {
        if offline, file != nil {
            throw ValidationError("--out needs a plan of what is there: leave --offline out.")
        }
    }

    func run() async throws {
        let console = output.console
        try await console.reporting {
            let workspace: Workspace
            let plan: Plan
            if offline {
                workspace = try Workspace(path: argument.inventory, folders: folders.folders, console: console)
                plan = try workspace.planner(try options(workspace), for: .apply).planBirth()
            } else {
                workspace = try await Workspace.open(
                    path: argument.inventory, folders: folders.folders, console: console)
                let planner = try workspace.planner(try options(workspace), for: .apply)
                plan = try await Connections.open(
                    to: workspace.inventory, parallel: connection.parallel, console: console
                ) { try await planner.plan(with: $0.observer) }
            }
            show(plan, workspace, console)
            if !plan.canBeCarriedOut { throw ExitCode(1) }
            if let file { try SavedPlan(plan, scope: try options(workspace)).write(to: file) }
            if !plan.isEmpty || !plan.pending.isEmpty { throw ExitCode(2) }
        }
    }

    private func options(_ workspace: Workspace) throws -> Planner.Options {
        try Planner.Options(scope, connection, workspace.inventory)
    }

    private func show(_ plan: Plan, _ workspace: Workspace, _ console: Console) {
        console.report(plan.notes)
        switch format.format {
        case .human:
            let view = PlanText(
                plan: plan, inventory: workspace.inventory, style: console.style, isVerbose: output.verbose)
            console.print(view.text)
        case .json:
            console.print(JSONDocument.text(of: PlanPayload(plan)))
        }
        console.report(plan.obstacles)
    }
}

extension Planner.Options {
    /// - Throws: `ValidationError` for a host that the inventory has not.
    init(_ scope: ScopeOptions, _ connection: ConnectionOptions, _ inventory: Inventory) throws {
        self.init(
            limit: try scope.limit.checked("--limit", against: inventory),
            without: try connection.without.checked("--without", against: inventory), restart: scope.restart)
    }
}

extension Plan {
    /// Whether every host was seen and nothing is refused.
    var canBeCarriedOut: Bool { refusals.isEmpty && unreachable.isEmpty }

    /// Why it can't be carried out.
    var obstacles: [Diagnostic] { unreachable.map(\.diagnostic) + refusals }
}
