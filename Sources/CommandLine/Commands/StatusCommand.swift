import ArgumentParser
import Diagnostics
import Hosts
import Inventory
import Operations
import Synchronization

/// `kumki status`: the cluster as it is.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show who is primary, who follows whom, how far behind, and what is wrong.",
        discussion: """
            Exits with 0 when all is as declared, with 2 when something is not, with 1 when no host answers.
            """)

    @OptionGroup var argument: InventoryArgument
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Look again every two seconds until interrupted.")
    var watch = false

    func validate() throws {
        if watch, format.json { throw ValidationError("--watch is for eyes; --json prints one document.") }
    }

    func run() async throws {
        let console = output.console
        try await console.reporting {
            let loaded = try LoadedInventory(path: argument.inventory, console: console)
            let without = try connection.without.checked("--without", against: loaded.inventory)
            let code = try await Connections.open(
                to: loaded.inventory, parallel: connection.parallel, console: console
            ) { try await look(at: loaded.inventory, without, $0, console) }
            if code != 0 { throw ExitCode(code) }
        }
    }

    private func look(
        at inventory: Inventory, _ without: Set<String>, _ connections: Connections, _ console: Console
    ) async throws -> Int32 {
        if !watch {
            let status = await ClusterStatus.read(inventory, without: without, with: connections.observer)
            show(status, console)
            return status.exitCode
        }
        let screen = TextStream.output.isTerminal ? LiveScreen() : nil
        let last = Mutex("")
        // Ctrl-C leaves the last look on the terminal.
        let interrupts = screen.map { screen in InterruptWatch { _ in screen.leave(with: last.withLock { $0 }) } }
        defer { withExtendedLifetime(interrupts) {} }
        let clock = ContinuousClock()
        while true {
            let start = clock.now
            let status = await ClusterStatus.read(inventory, without: without, with: connections.observer)
            let text = StatusText(status: status, style: console.style, isVerbose: output.verbose).text
            last.withLock { $0 = text }
            if let screen {
                screen.show(text + "\n" + console.style.paint("every 2 seconds; Ctrl-C ends", .dim) + "\n")
            } else {
                console.print(text + "\n")
            }
            try await clock.sleep(until: start + .seconds(2))
        }
    }

    private func show(_ status: ClusterStatus, _ console: Console) {
        switch format.format {
        case .human:
            console.print(StatusText(status: status, style: console.style, isVerbose: output.verbose).text)
            if output.verbose || status.nobodyAnswers { console.report(status.unreachable.map(\.diagnostic)) }
        case .json:
            console.print(JSONDocument.text(of: StatusPayload(status)))
            console.report(status.unreachable.map(\.diagnostic))
        }
    }
}

extension ClusterStatus {
    var nobodyAnswers: Bool { nodes.allSatisfy { $0.running == nil } }

    var exitCode: Int32 { isHealthy ? 0 : nobodyAnswers ? 1 : 2 }
}
