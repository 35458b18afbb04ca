import Planning
import Synchronization

/// Gathers a deployment's events and prints them as one JSON document at its end.
final class DeploymentDocument: Sendable {
    private let plans = Mutex<[Plan]>([])
    private let stream: TextStream

    init(stream: TextStream) {
        self.stream = stream
    }

    func show(_ event: DeploymentEvent) {
        switch event {
        case .planned(let plan, _): plans.withLock { $0.append(plan) }
        case .ended(let outcome):
            guard let payload = DeploymentPayload(plans.withLock { $0 }, outcome) else { return }
            stream.write(JSONDocument.text(of: payload))
        case .began, .announced, .started, .step, .carriedOut, .goingBack, .verified: break
        }
    }
}
