import Applying
import Planning
import Synchronization

/// What runs where: lines that stay for what is done, and on a terminal a block below them that is drawn anew.
final class RunProgress: Sendable {
    private struct Running {
        var planned: PlannedChange
        var since: ContinuousClock.Instant
        var transfer: TransferText?
    }

    private struct State {
        var running: [Running] = []
        var done = 0
        var total = 0
        /// Lines of the block that stand on the terminal now.
        var drawn = 0
    }

    /// More than that would push out what was said before.
    private static let mostLines = 12

    private let state = Mutex(State())
    private let stream: TextStream
    private let lines: StepLines
    private let isLive: Bool

    init(stream: TextStream, style: Style, isLive: Bool) {
        self.stream = stream
        self.isLive = isLive
        lines = StepLines(style: style)
    }

    func begin(_ plan: Plan) {
        state.withLock { $0 = State(total: plan.changes.count) }
    }

    func show(_ event: RunEvent) {
        state.withLock { state in
            switch event {
            case .started(let planned):
                state.running.append(Running(planned: planned, since: .now))
                draw(&state, above: nil)
            case .transferred(let planned, let bytes, let total): note(bytes, of: total, planned, &state)
            case .finished(let planned, let time): end(planned, lines.finished(planned, in: time), &state)
            case .satisfied(let planned): end(planned, lines.satisfied(planned), &state)
            case .failed(let planned, _): end(planned, lines.failed(planned), &state)
            }
        }
    }

    /// Says something above the block.
    func say(_ line: String) {
        state.withLock { draw(&$0, above: line) }
    }

    /// Draws the block anew, so that its times move; ends when cancelled.
    func keepMoving() async {
        guard isLive else { return }
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(200))
            state.withLock { if !$0.running.isEmpty { draw(&$0, above: nil) } }
        }
    }

    /// Where lines stay, one for each tenth.
    private func note(_ bytes: Int, of total: Int?, _ planned: PlannedChange, _ state: inout State) {
        guard let index = state.running.firstIndex(where: { $0.planned.id == planned.id }) else { return }
        let before = state.running[index].transfer
        var transfer = before ?? TransferText(total: total)
        transfer.note(bytes, at: .now)
        state.running[index].transfer = transfer
        let isNews = before != nil && transfer.tenths != before?.tenths
        draw(&state, above: isLive || !isNews ? nil : lines.transferred(planned, transfer.text))
    }

    private func end(_ planned: PlannedChange, _ line: String, _ state: inout State) {
        state.running.removeAll { $0.planned.id == planned.id }
        state.done += 1
        draw(&state, above: line)
    }

    private func draw(_ state: inout State, above line: String?) {
        guard isLive else {
            if let line { stream.write(line + "\n") }
            return
        }
        let block = self.block(state)
        let frame = Self.frame(replacing: state.drawn, above: line, block: block, width: stream.width)
        state.drawn = block.count
        stream.write(frame)
    }

    private func block(_ state: State) -> [String] {
        if state.running.isEmpty { return [] }
        let now = ContinuousClock.now
        var block = state.running.prefix(Self.mostLines).map { running in
            let line = lines.running(running.planned, for: now - running.since)
            return running.transfer.map { "\(line), \($0.text)" } ?? line
        }
        if state.running.count > Self.mostLines { block.append("and \(state.running.count - Self.mostLines) more") }
        block.append("\(state.done) of \(state.total) steps done")
        return block
    }

    /// One write that takes the old block away and puts the new one there: it never flickers.
    static func frame(replacing drawn: Int, above line: String?, block: [String], width: Int) -> String {
        var frame = drawn > 0 ? "\u{1B}[\(drawn)A\r" : "\r"
        if let line { frame += line + "\u{1B}[K\n" }
        for row in block { frame += String(row.prefix(max(1, width - 1))) + "\u{1B}[K\n" }
        return frame + "\u{1B}[J"
    }
}
