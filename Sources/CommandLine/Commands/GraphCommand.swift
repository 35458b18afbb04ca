import ArgumentParser
import Diagnostics
import Graph

/// `kumki graph`: a drawing of the cluster, or of the work that makes it.
struct GraphCommand: AsyncParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case dot, mermaid, svg
    }

    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "Draw the replication topology, or the steps that build it.")

    @OptionGroup var argument: InventoryArgument
    @OptionGroup var folders: FolderOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "Graphviz, Mermaid or a picture.")
    var format: Format

    @Flag(help: "Draw the steps of the provisioning and what each waits for.")
    var steps = false

    func run() async throws {
        let console = output.console
        try await console.reporting {
            let workspace = try Workspace(path: argument.inventory, folders: folders.folders, console: console)
            let drawing =
                steps
                ? try StepDrawing(
                    blueprint: try workspace.blueprintAtBirth(), inventory: workspace.inventory
                ).drawing()
                : TopologyDrawing(inventory: workspace.inventory).drawing
            switch format {
            case .dot: console.print(drawing.dot)
            case .mermaid: console.print(drawing.mermaid)
            case .svg: console.print(drawing.svg)
            }
        }
    }
}
