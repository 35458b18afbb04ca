import ArgumentParser
import Diagnostics
import Lab

struct LabListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the containers of every lab on this machine.")

    @OptionGroup var output: OutputOptions

    @Option(help: "podman or docker.")
    var engine: ContainerEngine.Kind?

    func run() async throws {
        let console = output.console
        try await console.reporting {
            let programs = LocalPrograms()
            let engine = try await ContainerEngine.detect(
                engine, on: try await Machine.current(programs), programs: programs)
            let containers = try await Lab.list(engine, programs: programs)
            if containers.isEmpty {
                console.print("no lab runs on this machine\n")
                return
            }
            let rows = containers.sorted { ($0.cluster, $0.host) < ($1.cluster, $1.host) }.map {
                [$0.cluster, $0.host, $0.address, $0.condition.rawValue, $0.inventory]
            }
            console.print(
                TextTable(header: ["CLUSTER", "HOST", "ADDRESS", "STATE", "INVENTORY"], rows: rows)
                    .text(console.style))
        }
    }
}
