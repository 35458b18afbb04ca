import FoundationEssentials
import Hosts
import Lab
import Testing

/// `kumki lab test`, as a project's CI runs it.
@Suite("Trials for CI")
struct TrialTests {
    @Test("hosts without systemd are deployed by pg_ctl; the report tells CI of each inventory")
    func plain() async throws {
        // The lab that the trial makes has the name of this one, which is not needed then.
        try await LabCluster.with(try ExampleInventory.text("pair-async")) { cluster in
            _ = try await cluster.lab.down()
            let report = "\(cluster.folder)/report.xml"
            let outcome = try await cluster.kumki(
                "lab test", "--prebuilt", "--plain", "--junit", report, expecting: 0)
            #expect(outcome.outputText.contains(cluster.name), "\(outcome.outputText)")
            let text = try String(contentsOfFile: report, encoding: .utf8)
            #expect(text.contains("<testcase") && !text.contains("<failure"), "\(text)")
            let left = try await LocalPrograms().run(cluster.lab.engine.listContainers(of: cluster.name))
            #expect(left.outputText.split(separator: "\n").isEmpty, "\(left.outputText)")

            try cluster.edit { $0.replacing("shared_buffers: ", with: "shared_buffers: 900GB # ") }
            let failed = try await cluster.kumki("lab test", "--prebuilt", "--plain", "--junit", report, expecting: 1)
            let words = try String(contentsOfFile: report, encoding: .utf8)
            #expect(words.contains("<failure"), "\(words)\(failed.outputText)")
        }
    }
}
