import Lab
import Testing

@Suite("Results for CI systems")
struct JUnitReportTests {
    @Test("a report holds every step with its time, result and output")
    func report() {
        let report = JUnitReport(suites: [
            .init(
                name: "inventories/trio-sync.yaml",
                cases: [
                    .init(name: "up", duration: .milliseconds(12_345), result: .passed),
                    .init(
                        name: "verify", duration: .milliseconds(7),
                        result: .failed("row does not reach db3\n<timeout>"),
                        output: "checked \"db2\" & db3"),
                    .init(name: "drill kill-primary", duration: .zero, result: .skipped("verify failed")),
                ])
        ])
        #expect(
            report.xml == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites name="kumki lab test" tests="3" failures="1" errors="0" skipped="1" time="12.352">
                  <testsuite name="inventories/trio-sync.yaml" tests="3" failures="1" errors="0" skipped="1" time="12.352">
                    <testcase name="up" classname="inventories/trio-sync.yaml" time="12.345"/>
                    <testcase name="verify" classname="inventories/trio-sync.yaml" time="0.007">
                      <failure message="row does not reach db3">row does not reach db3
                &lt;timeout&gt;</failure>
                      <system-out>checked &quot;db2&quot; &amp; db3</system-out>
                    </testcase>
                    <testcase name="drill kill-primary" classname="inventories/trio-sync.yaml" time="0.000">
                      <skipped message="verify failed"/>
                    </testcase>
                  </testsuite>
                </testsuites>

                """)
    }

    @Test("characters that XML can't hold are replaced, so that every report is readable")
    func controlCharacters() {
        let report = JUnitReport(suites: [
            .init(
                name: "a",
                cases: [.init(name: "\u{1B}[31m", duration: .zero, result: .passed, output: "a\u{0}b\tc\rd\u{FFFE}")])
        ])
        #expect(report.xml.contains("name=\"\u{FFFD}[31m\""))
        #expect(report.xml.contains("a\u{FFFD}b\tc&#13;d\u{FFFD}"))
    }
}
