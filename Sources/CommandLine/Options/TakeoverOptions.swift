import ArgumentParser
import Blueprint

/// What a user takes upon himself when a standby shall become primary though the former one is gone.
struct TakeoverOptions: ParsableArguments {
    @Option(help: ArgumentHelp("You have switched these hosts off: they don't come back.", valueName: "host,…"))
    var fenced = HostList()

    @Flag(name: .customLong("accept-loss"), help: "Go on with too few synchronous standbys: commits may be lost.")
    var acceptLoss = false

    /// Given to the planner, so that it has read what a failover compares. An engine that is paused would send clients to
    /// the lost server for ever.
    static let operation = Operation(takeover: Operation.Takeover(), pauses: false)
}
