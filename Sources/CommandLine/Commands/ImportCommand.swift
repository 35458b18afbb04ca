import ArgumentParser
import Diagnostics
import Inventory
import Operations

/// `kumki import`: an inventory for a cluster that was made by hand.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Read a running hand-made cluster and print an inventory for it.",
        discussion: """
            Only reads: kumki import root@198.51.100.11 root@198.51.100.12 > shop.yaml
            What an inventory can't say is told on standard error, and so is what `apply` would leave out.
            """)

    @Argument(
        help: ArgumentHelp(
            "The cluster's hosts, primary and standbys, as the inventory shall name their addresses.",
            valueName: "[user@]address[:port]"))
    var hosts: [RemoteAddress]

    @Option(help: "The cluster's name. Without it the server's cluster_name, or `imported`.")
    var cluster: String?

    @Option(help: ArgumentHelp("Which server, where a host runs several: the port that it listens on.", valueName: "n"))
    var port: Int?

    @Flag(
        name: .customLong("with-verifiers"),
        help: "Print users with their password verifiers; whoever reads those can guess passwords at leisure.")
    var withVerifiers = false

    @OptionGroup var ssh: SSHArguments
    @OptionGroup var output: OutputOptions

    func validate() throws {
        var seen: Set<String> = []
        for host in hosts where !seen.insert(host.address).inserted {
            throw ValidationError("\(host.address) is named twice.")
        }
    }

    func run() async throws {
        let console = output.console
        try await console.reporting {
            let hosts = hosts.map {
                InventoryHost(name: $0.address, address: $0.address, roles: [.standby], ssh: ssh.options(for: $0))
            }
            let seen = try await Connections.open(through: SSHProvider(), console: console) {
                try await ImportReader(observer: $0.observer, port: port).read(hosts)
            }
            let imported = try ImportedInventory(
                seen, options: ImportedInventory.Options(cluster: cluster, withVerifiers: withVerifiers))
            console.print(imported.text)
            console.report(imported.warnings)
            try check(imported.text, console)
        }
    }

    /// What `validate` would not let pass is the reader's to mend, and told at once.
    private func check(_ text: String, _ console: Console) throws {
        let file = "(printed)"
        let reading = InventoryReader.read(bytes: Array(text.utf8), file: file)
        console.remember(file, Array(text.utf8), secretPlaces: reading.secretPlaces)
        if reading.problems.hasErrors { throw Problems(reading.problems.errors) }
        guard case .file(let secret)? = reading.inventory?.replication.password?.origin else { return }
        console.tell("Next: write the replication password into \(secret), then `kumki plan` the inventory.\n")
    }
}
