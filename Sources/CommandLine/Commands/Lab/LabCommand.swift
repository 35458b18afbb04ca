import ArgumentParser
import Lab

/// `kumki lab`: containers on this machine that stand in for an inventory's hosts.
struct LabCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab", abstract: "Containers on this machine that stand in for the inventory's hosts.",
        subcommands: [LabUpCommand.self, LabDownCommand.self, LabListCommand.self, LabTestCommand.self])
}

/// Which containers stand in.
struct LabOptions: ParsableArguments {
    @Option(help: "podman or docker; default: podman for root where it is installed, else docker.")
    var engine: ContainerEngine.Kind?

    @Option(help: "The Debian release; default: the one that ships the inventory's PostgreSQL.")
    var suite: LabSuite?

    @Flag(help: "With PostgreSQL's packages in the image already, so that nothing is downloaded.")
    var prebuilt = false

    @Flag(help: "With sshd alone instead of systemd.")
    var plain = false

    var options: Lab.Options { Lab.Options(engine: engine, suite: suite, prebuilt: prebuilt, plain: plain) }
}

extension ContainerEngine.Kind: ExpressibleByArgument {}
extension LabSuite: ExpressibleByArgument {}
