import ArgumentParser
import Inventory
import Planning

/// The inventory that a command is about.
struct InventoryArgument: ParsableArguments {
    @Argument(help: "The inventory's file.", completion: .file(extensions: ["yaml", "yml"]))
    var inventory: String
}

/// How a command speaks.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Tell more: connections, scripts and their times, diffs of new files.")
    var verbose = false

    @Flag(name: .customLong("no-color"), help: "Print without colours, as NO_COLOR does.")
    var noColor = false

    var console: Console { Console(isVerbose: verbose, noColor: noColor) }
}

/// What a command's result is written for.
enum OutputFormat: Sendable {
    case human, json
}

struct FormatOptions: ParsableArguments {
    @Flag(name: .long, help: "Print one JSON document; progress and messages go to standard error.")
    var json = false

    var format: OutputFormat { json ? .json : .human }
}

/// Folders in place of the built-in ones.
struct FolderOptions: ParsableArguments {
    @Option(help: "A copy of templates/ to use instead of the built-in one.", completion: .directory)
    var templates: String?

    @Option(help: "A copy of playbooks/ to use instead of the built-in one.", completion: .directory)
    var playbooks: String?

    var folders: Workspace.Folders { Workspace.Folders(templates: templates, playbooks: playbooks) }
}

/// How hosts are reached.
struct ConnectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Go on though these hosts can't be seen.", valueName: "host,…"))
    var without = HostList()

    @Option(help: ArgumentHelp("How many hosts are worked on at once.", valueName: "n"))
    var parallel = 64

    func validate() throws {
        if parallel < 1 { throw ValidationError("--parallel needs a number from 1 up.") }
    }
}

/// One host that a command is about, behind the inventory.
struct HostArgument: ParsableArguments {
    @Argument(help: "The host, by its name in the inventory.")
    var host: String

    @Option(
        name: .customLong("approve-destroy"),
        help: ArgumentHelp("Let the plan destroy the data of these hosts.", valueName: "host,…"))
    var approveDestroy = HostList()
}

/// What part of a plan is wanted.
struct ScopeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only the changes of these hosts.", valueName: "host,…"))
    var limit = HostList()

    @Option(
        help: ArgumentHelp("Which servers may restart; what is left stays pending.", valueName: "never|standbys|all"))
    var restart = Planner.RestartPolicy.all
}

extension Planner.RestartPolicy: ExpressibleByArgument {}

extension HostList {
    /// The names, once each is known to be a host of the inventory.
    ///
    /// - Throws: `ValidationError`.
    func checked(_ option: String, against inventory: Inventory) throws -> Set<String> {
        for name in names where inventory.host(name) == nil {
            let known = inventory.hosts.map(\.name).joined(separator: ", ")
            throw ValidationError("\(option) \(name): the inventory has no such host. It has \(known).")
        }
        return set
    }
}
