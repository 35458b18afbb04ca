package import PostgreSQL

/// What an operation is about beside the inventory and the live primary.
package struct Operation: Hashable, Sendable {
    /// How a host's data directory is made anew.
    package struct Rebuild: Hashable, Sendable {
        /// Whether the old data goes before the new comes.
        package var isInPlace: Bool
        /// Whether it goes once the new copy streams.
        package var discardsOld: Bool
        /// Bytes a second, 32 kB to 1 GB; nil without a limit.
        package var maxRate: ByteCount?
        /// Whether the host streams from its new copy already, and only what came after that is left to do.
        package var isDone = false

        package init(isInPlace: Bool = false, discardsOld: Bool = false, maxRate: ByteCount? = nil) {
            self.isInPlace = isInPlace
            self.discardsOld = discardsOld
            self.maxRate = maxRate
        }
    }

    /// What becomes of the named host's service.
    package enum Service: Hashable, Sendable {
        /// It is drained: its server stops, and others do what it did.
        case leaving
        case returning
    }

    /// The host that is primary until the operation makes another one so.
    package var former: String?
    /// How long a clean stop of the former primary may take.
    package var stopLimit: Duration
    /// What a failover or an election came to know before it; nil for every other operation.
    package var takeover: Takeover?
    /// The host that the command names: it comes back as a standby, or goes out of service.
    package var named: String?
    /// Nil for every operation that neither drains the named host nor brings it back from that.
    package var service: Service?
    /// Whether hosts that are declared absent lose their data.
    package var purges: Bool
    /// Nil when it is to be rewound.
    package var rebuild: Rebuild?
    /// Whether the engine's hands are taken off the cluster, or put on again; nil leaves them as they are.
    package var pauses: Bool?
    /// The one host that gets clients again; nil for all that can have them.
    package var attaches: String?
    /// Whether those who follow the pool's leader are asked too what they hold against a host.
    package var asksFollowers: Bool
    /// Whether servers stop or restart on purpose, which the engine must not take for a failure.
    package var handsOff = false

    /// How a cluster without a primary gets one.
    package struct Takeover: Hashable, Sendable {
        /// Whether the new primary is a standby that must be promoted; else it was primary, and is started or runs already.
        package var promotes: Bool
        /// Hosts that were seen and are left as they are: a former primary, a server that hangs, another line, no data.
        package var leftAlone: Set<String>
        /// Hosts that are said to be switched off.
        package var fenced: Set<String>
        /// How many synchronous standbys must answer.
        package var needed: Int

        package init(
            promotes: Bool = true, leftAlone: Set<String> = [], fenced: Set<String> = [], needed: Int = 0
        ) {
            self.promotes = promotes
            self.leftAlone = leftAlone
            self.fenced = fenced
            self.needed = needed
        }
    }

    package init(
        former: String? = nil, stopLimit: Duration = .seconds(300), takeover: Takeover? = nil, named: String? = nil,
        rebuild: Rebuild? = nil, service: Service? = nil, purges: Bool = false, pauses: Bool? = nil,
        attaches: String? = nil, asksFollowers: Bool = false
    ) {
        self.asksFollowers = asksFollowers
        self.attaches = attaches
        self.pauses = pauses
        self.purges = purges
        self.service = service
        self.former = former
        self.stopLimit = stopLimit
        self.takeover = takeover
        self.named = named
        self.rebuild = rebuild
    }

    /// Takes in what a first round has done, so that the next one does not do it again.
    package mutating func note(done steps: [String]) {
        if let named, steps.contains("\(named)/rebuilt") { rebuild?.isDone = true }
    }
}
