/// `ha:` of the inventory: who watches the cluster and fails it over.
package struct EngineOptions: Hashable, Sendable {
    package enum Engine: String, CaseIterable, Hashable, Sendable {
        case none, pgpool, pacemaker, patroni
    }

    package enum AutoRejoin: String, CaseIterable, Hashable, Sendable {
        case rewind, rebuild, off
    }

    package enum MissingStandbys: String, CaseIterable, Hashable, Sendable {
        case wait, promote
    }

    package enum Profile: String, CaseIterable, Hashable, Sendable {
        case fast, calm
    }

    package var engine: Engine
    package var user: String
    package var password: SecretSource?
    package var autoFailover: Bool
    package var autoRejoin: AutoRejoin
    package var missingStandbys: MissingStandbys
    package var profile: Profile
    package var delay: Duration

    package init(
        engine: Engine = .none, user: String = "kumki_ha", password: SecretSource? = nil, autoFailover: Bool = true,
        autoRejoin: AutoRejoin = .rewind, missingStandbys: MissingStandbys = .wait, profile: Profile = .fast,
        delay: Duration = .zero
    ) {
        self.engine = engine
        self.user = user
        self.password = password
        self.autoFailover = autoFailover
        self.autoRejoin = autoRejoin
        self.missingStandbys = missingStandbys
        self.profile = profile
        self.delay = delay
    }
}

/// What keys the postgres accounts exchange.
package enum KeyExchange: String, CaseIterable, Hashable, Sendable {
    /// Only what the engine's scripts need, with forced commands.
    case auto
    /// postgres to postgres, among all database hosts.
    case all
    case off
}
