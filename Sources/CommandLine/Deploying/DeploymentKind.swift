import Planning

/// A command that is a plan of a playbook of its own.
struct DeploymentKind: Hashable, Sendable {
    /// As it is typed: `apply`.
    let command: String
    /// The playbook's file, without its ending.
    let playbook: String
    /// Who counts as primary.
    let rule: LiveRoles.Rule
    /// How the cluster is when there is nothing to do.
    let goal: String
    /// Whether the cluster has to prove itself in the end.
    var verifies = true
    /// Whether the applications can't write for a while, which is measured.
    var interruptsWrites = false
    /// Whether it means nothing to a cluster that nobody watches.
    var needsEngine = false
    /// What is said above its plan, where it is one of several.
    var heading: String?
    /// What is done when it breaks off before anybody was promoted.
    var wayBack: WayBack?

    enum WayBack: Hashable, Sendable {
        /// The former primary is started again.
        case start
        /// The standbys follow whom they followed before.
        case reattach

        var kind: DeploymentKind {
            switch self {
            case .start: .start
            case .reattach: .reattach
            }
        }
    }

    static let apply = DeploymentKind(
        command: "apply", playbook: "provision", rule: .live, goal: "the cluster is as declared")
    static let start = DeploymentKind(command: "start", playbook: "start", rule: .starting, goal: "the cluster runs")
    static let stop = DeploymentKind(
        command: "stop", playbook: "stop", rule: .stopping, goal: "the cluster is stopped", verifies: false)

    static let pause = DeploymentKind(
        command: "pause", playbook: "pause", rule: .live, goal: "the engine's hands are off", verifies: false,
        needsEngine: true)
    static let resume = DeploymentKind(
        command: "resume", playbook: "pause", rule: .live, goal: "the engine watches the cluster", needsEngine: true)

    static let cleanup = DeploymentKind(
        command: "cleanup", playbook: "cleanup", rule: .live, goal: "the engine holds nothing against any host",
        needsEngine: true)

    /// - Parameter target: nil leaves the choice to the live cluster.
    static func switchover(to target: String?) -> DeploymentKind {
        DeploymentKind(
            command: "switchover", playbook: "switchover", rule: .switchover(to: target),
            goal: "\(target ?? "a standby") is primary", interruptsWrites: true, wayBack: .start)
    }

    static func failover(to target: String, fenced: Set<String>, acceptsLoss: Bool) -> DeploymentKind {
        DeploymentKind(
            command: "failover", playbook: "failover",
            rule: .failover(to: target, fenced: fenced, acceptsLoss: acceptsLoss), goal: "\(target) is primary",
            wayBack: .reattach)
    }

    static func elect(fenced: Set<String>, acceptsLoss: Bool) -> DeploymentKind {
        DeploymentKind(
            command: "elect", playbook: "failover",
            rule: .failover(to: nil, fenced: fenced, acceptsLoss: acceptsLoss), goal: "there is a primary",
            wayBack: .reattach)
    }

    /// Whom to follow is known only once a failover has been given up.
    private static let reattach = DeploymentKind(
        command: "reattach", playbook: "reattach", rule: .live, goal: "the standbys follow as before")

    /// Hosts that are said to be switched off.
    var fenced: Set<String> {
        if case .failover(_, let fenced, _) = rule { fenced } else { [] }
    }

    static func rejoin(_ host: String) -> DeploymentKind {
        DeploymentKind(
            command: "rejoin", playbook: "rejoin", rule: .returning(host), goal: "\(host) is a standby again")
    }

    /// The first part of a drain: whoever is primary, this host shall not be it.
    static func vacate(_ host: String) -> DeploymentKind {
        DeploymentKind(
            command: "drain", playbook: "switchover", rule: .vacating(host), goal: "\(host) is no longer primary",
            verifies: false, interruptsWrites: true,
            heading: "The first of two plans: \(host) is primary, so another host takes over from it.",
            wayBack: .start)
    }

    static func drain(_ host: String) -> DeploymentKind {
        DeploymentKind(
            command: "drain", playbook: "drain", rule: .draining(host), goal: "\(host) is drained",
            heading: "The second plan: \(host) goes out of service.")
    }

    static func undrain(_ host: String) -> DeploymentKind {
        DeploymentKind(
            command: "undrain", playbook: "undrain", rule: .undraining(host), goal: "\(host) is in service again")
    }

    static func rebuild(_ host: String) -> DeploymentKind {
        DeploymentKind(
            command: "rebuild", playbook: "rebuild", rule: .returning(host), goal: "\(host) is rebuilt")
    }
}
