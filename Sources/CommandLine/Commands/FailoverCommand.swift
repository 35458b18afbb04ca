import ArgumentParser

/// `kumki failover`: a standby takes the place of a primary that is gone.
struct FailoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failover", abstract: "Promote a standby because the primary is gone.",
        discussion: """
            Refused while the primary answers, here or to any database host, and while a standby streams from it. The \
            standbys are cut off from it, compared, and the new primary first fetches what another has more; when it \
            is given up before the promotion they follow again as before. A host that can't be seen may still be \
            primary: switch it off and name it with --fenced.
            """)

    @OptionGroup var options: WholeClusterOptions
    @OptionGroup var takeover: TakeoverOptions

    @Option(name: .customLong("to"), help: "The new primary.")
    var target: String

    func run() async throws {
        try await options.run(
            .failover(to: target, fenced: takeover.fenced.set, acceptsLoss: takeover.acceptLoss),
            TakeoverOptions.operation, naming: ["--fenced": takeover.fenced])
    }
}
