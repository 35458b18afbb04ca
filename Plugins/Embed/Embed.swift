import Foundation
import PackagePlugin

/// Writes `templates/` and `playbooks/` into the build as Swift source, so that the binary carries them.
@main
struct Embed: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let root = context.package.directoryURL
        let folders = ["templates", "playbooks"]
        let output = context.pluginWorkDirectoryURL.appending(path: "Embedded.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(folders.joined(separator: " and "))",
                executable: try context.tool(named: "embed").url,
                arguments: [root.path(percentEncoded: false), output.path(percentEncoded: false)] + folders,
                inputFiles: folders.flatMap { everything(in: root.appending(path: $0)) },
                outputFiles: [output])
        ]
    }

    /// The folders too: SwiftPM asks for this list only now and then, and a folder changes when a file joins it.
    private func everything(in folder: URL) -> [URL] {
        let names = FileManager.default.subpaths(atPath: folder.path(percentEncoded: false)) ?? []
        return [folder] + names.sorted().map { folder.appending(path: $0) }
    }
}
