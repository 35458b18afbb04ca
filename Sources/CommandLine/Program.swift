package import ArgumentParser

/// The whole of kumki, for an executable of a few lines.
package enum Program {
    static let version = "0.1.0"

    package static func main() async {
        await KumkiCommand.main()
    }
}

/// The command and its subcommands.
package struct KumkiCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "kumki",
        abstract: "Provisions PostgreSQL high-availability clusters from one YAML inventory.",
        discussion: """
            Exit status: 0 done, or nothing to change; 1 error or refused; 2 there are changes, or not as declared; \
            64 bad command line.
            """,
        version: Program.version,
        groupedSubcommands: [
            CommandGroup(
                name: "To begin",
                subcommands: [
                    InitCommand.self, ImportCommand.self, ValidateCommand.self, RenderCommand.self, GraphCommand.self,
                    SchemaCommand.self,
                ]),
            CommandGroup(name: "To build and keep", subcommands: [PlanCommand.self, ApplyCommand.self]),
            CommandGroup(
                name: "To look", subcommands: [StatusCommand.self, VerifyCommand.self, PrimaryCommand.self]),
            CommandGroup(
                name: "To operate",
                subcommands: [
                    StartCommand.self, StopCommand.self, SwitchoverCommand.self, FailoverCommand.self,
                    ElectCommand.self, RejoinCommand.self, RebuildCommand.self, DrainCommand.self,
                    UndrainCommand.self, PauseCommand.self, ResumeCommand.self, CleanupCommand.self,
                ]),
            CommandGroup(name: "To try out", subcommands: [LabCommand.self, DrillCommand.self]),
        ])

    package init() {}
}
