import ArgumentParser
import Diagnostics
import Inventory

/// `kumki init`: a first inventory to edit, with secrets of its own.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a commented inventory to start from, and random secrets for it.",
        discussion: "Writes NAME.yaml and secrets/NAME/ in the current folder; a secret that is there already is kept.")

    @Argument(help: "The cluster's name: lower-case letters, digits, - and _, a letter first.")
    var name: String

    @Option(help: "What the cluster looks like.")
    var layout: StarterInventory.Layout

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        try await console.reporting {
            let starter = try StarterInventory(name: name, layout: layout)
            let path = "\(name).yaml"
            if LocalFile.exists(path) {
                throw Diagnostic.error(
                    "init.exists", "\(path) is there already", hint: "edit it, or choose another name")
            }
            try writeSecrets(starter.secretFiles)
            try LocalFile.write(starter.text, to: path)
            console.print(
                """
                \(path) written, and \(starter.secretFiles.count) random secrets in secrets/\(name)/ (0600).
                Next: put your hosts' addresses into it, then
                  kumki validate \(path)
                  kumki plan \(path)

                """)
        }
    }

    /// The folder keeps itself out of git.
    private func writeSecrets(_ files: [String]) throws(Diagnostic) {
        for file in files {
            try LocalFile.makeFolder(file.droppingLastComponent, mode: 0o700)
            if !LocalFile.exists(file) { try LocalFile.write(Self.randomSecret() + "\n", to: file, mode: 0o600) }
        }
        if !LocalFile.exists("secrets/.gitignore") { try LocalFile.write("*\n", to: "secrets/.gitignore") }
    }

    /// 32 letters and digits, about 190 bits from the system's generator.
    private static func randomSecret() -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<32).compactMap { _ in alphabet.randomElement() })
    }
}

extension StarterInventory.Layout: ExpressibleByArgument {}
