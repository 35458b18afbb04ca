import ArgumentParser
import Blueprint

/// `kumki rebuild`: a host gets a new copy of its upstream.
struct RebuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: "Copy a standby afresh, and keep its old data directory beside the new one.",
        discussion: """
            The old data directory is kept as DATADIR.kumki-old, with its WAL and tablespaces. --discard-old removes \
            it once the new copy streams, also that of an earlier rebuild. --in-place removes it before the copy \
            begins, where there is no room for both.
            """)

    @OptionGroup var options: WholeClusterOptions
    @OptionGroup var target: HostArgument

    @Option(
        name: .customLong("max-rate"),
        help: ArgumentHelp("How much is copied a second at most: 32kB to 1GB.", valueName: "size"))
    var maxRate: TransferRate?

    @Flag(name: .customLong("discard-old"), help: "Remove the old data directory once the new copy streams.")
    var discardOld = false

    @Flag(name: .customLong("in-place"), help: "Destroy the old data first, where there is no room for both.")
    var inPlace = false

    func validate() throws {
        if inPlace && discardOld {
            throw ValidationError("--in-place keeps nothing that --discard-old could remove: give one of them.")
        }
    }

    func run() async throws {
        let rebuild = Operation.Rebuild(isInPlace: inPlace, discardsOld: discardOld, maxRate: maxRate?.bytes)
        try await options.run(
            .rebuild(target.host), Operation(named: target.host, rebuild: rebuild), destroy: target.approveDestroy)
    }
}
