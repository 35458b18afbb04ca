package import ArgumentParser

/// The whole of kumki, for an executable of a few lines.
package enum Program {
    package static func main() async {
        await KumkiCommand.main()
    }
}

/// The command and its subcommands.
package struct KumkiCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "kumki",
        abstract: "Provisions PostgreSQL high-availability clusters from one YAML inventory.",
        version: "0.1.0",
        subcommands: [
            PlanCommand.self, ApplyCommand.self, LabCommand.self,
        ])

    package init() {}
}
