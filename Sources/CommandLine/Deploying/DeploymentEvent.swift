import Applying
import Operations
import Planning

/// What happens while hosts are changed; every view of it is fed by these and by nothing else.
enum DeploymentEvent: Sendable {
    /// The first look of a part is taken, and its plan comes next, below a heading where there are several.
    case began(DeploymentKind, heading: String?)
    /// A look at the hosts, and what it gave; rounds count from 1.
    case planned(Plan, round: Int)
    /// What comes after the plan that was just shown, as it looks now: another host becomes primary.
    case announced(Plan)
    case started(Plan)
    case step(RunEvent)
    case carriedOut(Run.Report, Plan)
    /// It broke off before anybody was promoted, and this plan leads back.
    case goingBack(Plan)
    case verified(Verification)
    case ended(DeploymentOutcome)
}

/// How a deployment ended.
struct DeploymentOutcome: Sendable {
    enum Ending: Sendable {
        /// The last look showed nothing more to change.
        case converged
        /// Carried out, but a look afterwards still shows changes or things that wait.
        case left(Plan)
        /// Nothing was changed: the plan can't be carried out.
        case refused(Plan)
        /// Somebody said no.
        case declined
        case failed
        /// Stopped by a signal before everything was started.
        case interrupted
    }

    /// A plan that was carried out, wholly or in part.
    struct Round: Sendable {
        var plan: Plan
        var report: Run.Report
    }

    var rounds: [Round]
    var ending: Ending
    /// Hosts that nobody looked at, as the user has it.
    var without: Set<String> = []
    /// Who becomes primary so that the former one restarts as a standby; nil where no restart waits for that.
    var successor: String?
    /// What led back after it broke off before anybody was promoted.
    var wayBack: Round?
    /// Hosts that were left as they are: the primary that is gone, for example.
    var leftOut: Set<String> = []
    /// For how long the applications could not write, where the command interrupts that.
    var outage: Duration?
    /// Nil where there was nothing to prove, or nothing came so far.
    var verification: Verification?
    var duration: Duration

    /// Whether the next part can begin: all is done, or what is left waits for it.
    var leadsOn: Bool {
        switch ending {
        case .converged: true
        case .left(let plan): plan.isEmpty
        case .refused, .declined, .failed, .interrupted: false
        }
    }

    var exitCode: Int32 {
        switch ending {
        case .converged: verification?.passed == false ? 2 : 0
        case .left: 2
        case .refused, .failed, .interrupted: 1
        // What was agreed to before is done; what was declined is still to change.
        case .declined: rounds.isEmpty ? 1 : 2
        }
    }
}
