import ArgumentParser
import Diagnostics
import Lab
import Operations

struct LabTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Deploy inventories into fresh containers and prove that they work; for CI.",
        discussion: """
            For each inventory: up, plan, apply, plan again (nothing to change), verify, down; one line with the result. \
            With --drill the cluster is broken and mended before it goes down.
            """)

    @Argument(help: "The inventories' files.", completion: .file(extensions: ["yaml", "yml"]))
    var inventories: [String]

    @Option(help: ArgumentHelp("Inject a fault once the cluster runs, or all of them.", valueName: "fault"))
    var drill: DrillChoice?

    @Option(help: "Write the results as JUnit XML.", completion: .file())
    var junit: String?

    @OptionGroup var lab: LabOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        try await console.reporting {
            var suites: [JUnitReport.Suite] = []
            for path in inventories {
                let trial = LabTrial(
                    path: path, lab: lab.options, drill: drill, console: console)
                let suite = await trial.run()
                suites.append(suite)
                console.print(Self.line(for: suite, console.style))
            }
            let report = JUnitReport(suites: suites)
            if let junit { try LocalFile.write(report.xml, to: junit) }
            if suites.contains(where: { $0.firstFailure != nil }) { throw ExitCode(1) }
        }
    }

    private static func line(for suite: JUnitReport.Suite, _ style: Style) -> String {
        let time = suite.cases.reduce(Duration.zero) { $0 + $1.duration }.text
        guard let failure = suite.firstFailure else {
            return "\(style.paint("ok", .green))      \(suite.name)  \(suite.cases.count) steps in \(time)\n"
        }
        return "\(style.paint("FAILED", .red))  \(suite.name)  at \(failure.step): \(failure.words) (\(time))\n"
    }
}

extension JUnitReport.Suite {
    fileprivate var firstFailure: (step: String, words: String)? {
        for step in cases {
            if case .failed(let words) = step.result {
                return (step.name, words.split(separator: "\n").first.map(String.init) ?? "failed")
            }
        }
        return nil
    }
}
