@testable import CommandLine
import Testing

@Suite struct RunProgressTests {
    @Test("a frame goes up over the old block, leaves a line for good, and clears what is left below")
    func frame() {
        let frame = RunProgress.frame(
            replacing: 2, above: "[db1] initdb … done in 3.1 s", block: ["[db2] basebackup … 0.4 s"], width: 80)
        #expect(
            frame == "\u{1B}[2A\r[db1] initdb … done in 3.1 s\u{1B}[K\n[db2] basebackup … 0.4 s\u{1B}[K\n\u{1B}[J")
    }

    @Test("a line that is wider than the terminal is cut: it would break into two")
    func width() {
        let frame = RunProgress.frame(replacing: 0, above: nil, block: [String(repeating: "x", count: 100)], width: 20)
        #expect(frame == "\r" + String(repeating: "x", count: 19) + "\u{1B}[K\n\u{1B}[J")
    }

    @Test(
        "times read well",
        arguments: [
            (Duration.milliseconds(49), "0.0 s"), (.milliseconds(3149), "3.1 s"), (.seconds(42), "42 s"),
            (.seconds(125), "2 min 5 s"), (.seconds(3700), "1 h 1 min"),
        ])
    func durations(duration: Duration, text: String) {
        #expect(duration.text == text)
    }
}
