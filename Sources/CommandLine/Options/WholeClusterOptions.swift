import ArgumentParser
import Blueprint
import Diagnostics
import Inventory
import Planning

/// What the operations on a whole cluster take; each is a plan of its own playbook.
struct WholeClusterOptions: ParsableArguments {
    @OptionGroup var argument: InventoryArgument
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var folders: FolderOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Ask nothing. Needed where standard input is no terminal.")
    var yes = false

    /// - Parameters:
    ///   - first: what may have to be done before, as a plan of its own.
    ///   - naming: options that name hosts, to be checked against the inventory.
    ///   - destroy: hosts whose data may be destroyed.
    func run(
        _ kind: DeploymentKind, _ operation: Operation = Operation(), after first: DeploymentKind? = nil,
        naming: [String: HostList] = [:], destroy: HostList = HostList()
    ) async throws {
        let console = output.console
        try await console.reporting {
            let workspace = try await Workspace.open(
                path: argument.inventory, folders: folders.folders, console: console)
            if kind.needsEngine, workspace.inventory.ha.engine == .none {
                throw Diagnostic.error(
                    "engine.none", "there is no engine that could \(kind.command)",
                    at: workspace.inventory.places["ha.engine"],
                    hint: "with `ha.engine: none` nothing fails over by itself")
            }
            let without = try connection.without.checked("--without", against: workspace.inventory)
            for (option, hosts) in naming { _ = try hosts.checked(option, against: workspace.inventory) }
            if let named = operation.named {
                _ = try HostList([named]).checked("HOST", against: workspace.inventory)
                guard workspace.inventory.databaseHosts.contains(where: { $0.name == named }) else {
                    throw ValidationError("HOST \(named): it is no database host.")
                }
            }
            let options = Planner.Options(without: without, operation: operation)
            var parts = [try DeploymentPart(kind, in: workspace, options)]
            if let first {
                let options = Planner.Options(
                    without: without, operation: Operation(stopLimit: operation.stopLimit))
                parts.insert(
                    try DeploymentPart(
                        first, in: workspace, options, condition: .whenPrimaryMoves), at: 0)
            }
            let code = try await DeploymentSession(
                workspace: workspace, parts: parts,
                approval: Approval(
                    yes: yes, destroy: try destroy.checked("--approve-destroy", against: workspace.inventory),
                    question: Question(style: console.errorStyle)),
                parallel: connection.parallel, format: format.format, console: console
            ).run()
            if code != 0 { throw ExitCode(code) }
        }
    }
}
