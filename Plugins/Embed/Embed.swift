import Foundation
import PackagePlugin

/// Writes `templates/` and `playbooks/` into the build as Swift source, so that the binary carries them.
@main
struct Embed: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let root = context.package.directoryURL
        let folders = ["templates", "playbooks"]
        let files = folders.flatMap { list(below: root.appending(path: $0)) }
        let output = context.pluginWorkDirectoryURL.appending(path: "Embedded.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(files.count) templates and playbooks",
                executable: try context.tool(named: "embed").url,
                arguments: [root.path(percentEncoded: false), output.path(percentEncoded: false)] + folders,
                inputFiles: files,
                outputFiles: [output])
        ]
    }

    private func list(below folder: URL) -> [URL] {
        let names = FileManager.default.subpaths(atPath: folder.path(percentEncoded: false)) ?? []
        return names.sorted()
            .map { folder.appending(path: $0) }
            .filter { !$0.hasDirectoryPath && !isDirectory($0) }
    }

    private func isDirectory(_ url: URL) -> Bool {
        (try? url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false
    }
}
