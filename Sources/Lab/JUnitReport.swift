/// Results for a CI system, in the XML that JUnit made common.
///
/// - Source: Jenkins' `junit-10.xsd`; GitLab and GitHub's actions read the same elements.
package struct JUnitReport: Hashable, Sendable {
    package struct Case: Hashable, Sendable {
        package enum Result: Hashable, Sendable {
            case passed
            /// What was seen instead, first line first.
            case failed(String)
            case skipped(String)
        }

        package var name: String
        package var duration: Duration
        package var result: Result
        /// What the step printed; may be long.
        package var output: String

        package init(name: String, duration: Duration, result: Result, output: String = "") {
            self.name = name
            self.duration = duration
            self.result = result
            self.output = output
        }
    }

    /// One inventory with its steps.
    package struct Suite: Hashable, Sendable {
        package var name: String
        package var cases: [Case]

        package init(name: String, cases: [Case]) {
            self.name = name
            self.cases = cases
        }
    }

    package var suites: [Suite]

    package init(suites: [Suite]) {
        self.suites = suites
    }

    package var xml: String {
        let cases = suites.flatMap(\.cases)
        var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#]
        lines.append(#"<testsuites name="kumki lab test"\#(Self.counts(cases))>"#)
        for suite in suites {
            lines.append(#"  <testsuite name="\#(Self.escaped(suite.name))"\#(Self.counts(suite.cases))>"#)
            for step in suite.cases { lines += Self.lines(of: step, in: suite) }
            lines.append("  </testsuite>")
        }
        lines.append("</testsuites>")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(of step: Case, in suite: Suite) -> [String] {
        let attributes =
            #"name="\#(escaped(step.name))" classname="\#(escaped(suite.name))" time="\#(seconds(step.duration))""#
        var children: [String] = []
        switch step.result {
        case .passed: break
        case .failed(let text):
            let first = text.split(separator: "\n").first.map(String.init) ?? "failed"
            children.append(#"      <failure message="\#(escaped(first))">\#(escaped(text))</failure>"#)
        case .skipped(let text):
            children.append(#"      <skipped message="\#(escaped(text))"/>"#)
        }
        if !step.output.isEmpty { children.append("      <system-out>\(escaped(step.output))</system-out>") }
        if children.isEmpty { return ["    <testcase \(attributes)/>"] }
        return ["    <testcase \(attributes)>"] + children + ["    </testcase>"]
    }

    private static func counts(_ cases: [Case]) -> String {
        var failures = 0
        var skipped = 0
        for step in cases {
            switch step.result {
            case .passed: break
            case .failed: failures += 1
            case .skipped: skipped += 1
            }
        }
        let time = cases.reduce(Duration.zero) { $0 + $1.duration }
        return
            #" tests="\#(cases.count)" failures="\#(failures)" errors="0" skipped="\#(skipped)" time="\#(seconds(time))""#
    }

    /// Seconds with three decimals.
    private static func seconds(_ duration: Duration) -> String {
        let parts = duration.components
        let milliseconds = String(parts.attoseconds / 1_000_000_000_000_000)
        return "\(parts.seconds)." + String(repeating: "0", count: max(0, 3 - milliseconds.count)) + milliseconds
    }

    /// Text for attributes and elements; what XML 1.0 has no way to write becomes U+FFFD.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n": result.unicodeScalars.append(scalar)
            case "\r": result += "&#13;"
            case "\0"..<" ", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
