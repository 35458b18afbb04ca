import Blueprint
import Planning

/// One of the plans that a deployment carries out, one after the other, each made when the one before is done.
struct DeploymentPart: Sendable {
    enum Condition: Hashable, Sendable {
        case always
        /// Left out when the primary is to stay as it is.
        case whenPrimaryMoves
        /// Left out unless the first part left the primary's restart undone; agreed to together with that part.
        case whenRestartWaits
    }

    var kind: DeploymentKind
    let planner: Planner
    /// What leads back when it breaks off before anybody was promoted, as the kind says.
    var wayBack: Planner?
    var condition = Condition.always

    init(
        _ kind: DeploymentKind, _ planner: Planner, wayBack: Planner? = nil, condition: Condition = .always
    ) {
        self.kind = kind
        self.planner = planner
        self.wayBack = wayBack
        self.condition = condition
    }

    /// - Throws: what is wrong with a playbook.
    init(
        _ kind: DeploymentKind, in workspace: Workspace, _ options: Planner.Options, condition: Condition = .always
    ) throws {
        self.init(
            kind, try workspace.planner(options, for: kind),
            wayBack: try kind.wayBack.map { way in
                try workspace.planner(Planner.Options(without: options.without), for: way.kind)
            }, condition: condition)
    }
}
