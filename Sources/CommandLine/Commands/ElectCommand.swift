import ArgumentParser

/// `kumki elect`: a cluster in which nobody may become primary by itself gets one.
struct ElectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "elect", abstract: "Make the newest host primary when there is no primary.",
        discussion: """
            Shows timeline history and position of every host. A former primary that nobody outran is started; else the \
            standby with most is promoted as `kumki failover` does it.
            """)

    @OptionGroup var options: WholeClusterOptions
    @OptionGroup var takeover: TakeoverOptions

    func run() async throws {
        try await options.run(
            .elect(fenced: takeover.fenced.set, acceptsLoss: takeover.acceptLoss), TakeoverOptions.operation,
            naming: ["--fenced": takeover.fenced])
    }
}
