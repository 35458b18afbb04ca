import ArgumentParser
import Blueprint

/// `kumki rejoin`: an old primary or a diverged standby comes back as a standby.
struct RejoinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rejoin", abstract: "Bring an old primary or a diverged standby back as a standby.",
        discussion: """
            Where the host left the primary's line, pg_rewind takes it back to the fork, and the WAL that only this \
            host has is thrown away: the plan says how much, and asks for the host's name. A host that can't be \
            rewound is left as it is; `kumki rebuild` copies it afresh.
            """)

    @OptionGroup var options: WholeClusterOptions
    @OptionGroup var target: HostArgument

    func run() async throws {
        try await options.run(
            .rejoin(target.host), Operation(named: target.host), destroy: target.approveDestroy)
    }
}
