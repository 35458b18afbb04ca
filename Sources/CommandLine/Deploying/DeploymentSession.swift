import Applying
import Diagnostics
import Planning

/// A deployment with a person or a program in front of it: views, questions and Ctrl-C.
struct DeploymentSession {
    let workspace: Workspace
    let parts: [DeploymentPart]
    let approval: Approval
    var saved: SavedPlan?
    let parallel: Int
    let format: OutputFormat
    let console: Console

    /// The exit code.
    ///
    /// - Throws: as ``Deployment/run()``.
    func run() async throws -> Int32 {
        let stream: TextStream
        var document: DeploymentDocument?
        switch format {
        case .human: stream = .output
        case .json:
            stream = .errors
            document = DeploymentDocument(stream: .output)
        }
        let text = DeploymentText(
            inventory: workspace.inventory, console: console, stream: stream, isVerbose: console.isVerbose)
        let views: [@Sendable (DeploymentEvent) -> Void] = [text.show] + (document.map { [$0.show] } ?? [])
        let watch = InterruptWatch { text.progress.say($0) }
        return try await Connections.open(to: workspace.inventory, parallel: parallel, console: console) {
            connections in
            async let _: Void = text.progress.keepMoving()
            let deployment = Deployment(
                workspace: workspace, parts: parts, connections: connections,
                holder: .current(parts.first?.kind.command ?? ""), saved: saved, parallel: parallel, stop: watch.stop,
                approve: { [approval] plan, _ in try await approval.isGiven(for: plan) },
                report: { event in
                    switch event {
                    case .started: watch.stepsRun(true)
                    case .carriedOut: watch.stepsRun(false)
                    case .began, .announced, .planned, .step, .goingBack, .verified, .ended: break
                    }
                    for view in views { view(event) }
                })
            return try await deployment.run().exitCode
        }
    }
}
