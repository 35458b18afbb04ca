import Planning

/// The commands that are a plan of a playbook of their own.
enum DeploymentKind: String, Sendable {
    case apply, start, stop

    /// The playbook's file, without its ending.
    var playbook: String {
        switch self {
        case .apply: "provision"
        case .start, .stop: rawValue
        }
    }

    /// Who counts as primary.
    var rule: LiveRoles.Rule {
        switch self {
        case .apply: .live
        case .start: .starting
        case .stop: .stopping
        }
    }

    /// Whether the cluster has to prove itself in the end.
    var verifies: Bool { self != .stop }

    /// How the cluster is when there is nothing to do.
    var goal: String {
        switch self {
        case .apply: "the cluster is as declared"
        case .start: "the cluster runs"
        case .stop: "the cluster is stopped"
        }
    }
}
