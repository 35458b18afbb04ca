import Applying
import Planning
import Resources

/// The words for one step of a run.
struct StepLines: Sendable {
    let style: Style

    func running(_ planned: PlannedChange, for elapsed: Duration) -> String {
        "[\(planned.host)] \(planned.step.visible) … \(elapsed.text)"
    }

    func transferred(_ planned: PlannedChange, _ words: String) -> String {
        "[\(planned.host)] \(planned.step.visible) … \(words)"
    }

    func started(_ planned: PlannedChange) -> String {
        "[\(planned.host)] \(planned.step.visible) …"
    }

    func finished(_ planned: PlannedChange, in time: Duration) -> String {
        "[\(planned.host)] \(planned.step.visible) … done" + (time < .milliseconds(100) ? "" : " in \(time.text)")
    }

    func satisfied(_ planned: PlannedChange) -> String {
        "[\(planned.host)] \(planned.step.visible) … so already"
    }

    func failed(_ planned: PlannedChange) -> String {
        style.paint("[\(planned.host)] \(planned.step.visible) … failed", .red)
    }
}
