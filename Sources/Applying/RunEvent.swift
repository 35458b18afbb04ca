package import Planning

/// What happens while a plan is carried out, for the human view and the machine's alike.
package enum RunEvent: Sendable {
    case started(PlannedChange)
    /// A copy has come so far: bytes; `of` is nil where nobody knows how much there is.
    case transferred(PlannedChange, Int, of: Int?)
    /// Done, after how long.
    case finished(PlannedChange, Duration)
    /// It was so already when its turn came.
    case satisfied(PlannedChange)
    case failed(PlannedChange, StepFailure)
}

/// Why a step failed.
package struct StepFailure: Hashable, Sendable {
    package var id: String
    /// Stable: `step.failed`, `step.stale`, `ssh.lost`.
    package var code: String
    package var message: String
    /// The remote command's last words.
    package var output: [String]
    package var hint: String?

    package init(id: String, code: String, message: String, output: [String] = [], hint: String? = nil) {
        self.id = id
        self.code = code
        self.message = message
        self.output = output
        self.hint = hint
    }
}
