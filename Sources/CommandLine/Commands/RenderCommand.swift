import ArgumentParser
import Blueprint
import Diagnostics
import Glibc
import Resources

/// `kumki render`: every file that would be managed, for eyes and for `diff`.
struct RenderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Write every file that would be managed, as DIR/HOST/ABSOLUTE/PATH.",
        discussion: """
            The files are those of the cluster's birth; the same inventory gives the same bytes. A secret is written as \
            <secret:replication.password>. Of files that others write too, /etc/hosts for example, only kumki's own \
            lines. Files in DIR that are none of these are left alone.
            """)

    @OptionGroup var argument: InventoryArgument
    @OptionGroup var folders: FolderOptions
    @OptionGroup var output: OutputOptions

    @Option(
        name: .customLong("output"), help: ArgumentHelp("The folder to write to.", valueName: "dir"),
        completion: .directory)
    var directory: String

    func run() async throws {
        let console = output.console
        try await console.reporting {
            let workspace = try Workspace(path: argument.inventory, folders: folders.folders, console: console)
            let files = try FilesAtBirth(try workspace.blueprintAtBirth()).all
            for file in files { try write(file, console) }
            let hosts = Set(files.map(\.host)).count
            console.print(
                "\(files.count) files of \(hosts) \(hosts == 1 ? "host" : "hosts") written to \(directory)\n")
        }
    }

    private func write(_ file: FilesAtBirth.File, _ console: Console) throws(Diagnostic) {
        let path = "\(directory)/\(file.host)\(file.writing.path)"
        try LocalFile.makeFolder(path.droppingLastComponent)
        try LocalFile.write(
            file.writing.content.masked, to: path, mode: mode_t(file.writing.mode, radix: 8) ?? 0o644)
        if output.verbose { console.tell("\(path)\n") }
    }
}
