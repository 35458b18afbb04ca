import Hosts
import Lab
import Testing

/// A plan that was saved and read by a person is what is carried out, or nothing is.
@Suite("Saved plans")
struct SavedPlanTests {
    @Test("a saved plan is refused with every difference in words once a file, a setting or the inventory has changed")
    func stale() async throws {
        try await LabCluster.with(try ExampleInventory.text("pair-async")) { cluster in
            try await cluster.kumki("apply", "--yes", expecting: 0)
            let saved = "\(cluster.folder)/saved.plan"
            let conf = "/etc/postgresql/15/main/postgresql.conf"
            try await cluster.shell("db2", "echo 'work_mem = 1GB' >>\(conf)")
            try await cluster.kumki("plan", "--out", saved, expecting: 2)
            #expect(try await cluster.shell("db2", "cat \(conf)").contains("work_mem = 1GB"), "a plan changes nothing")

            try await cluster.shell("db2", "echo 'work_mem = 2GB' >>\(conf)")
            try await cluster.shell("db1", "systemctl stop postgresql@15-main && systemctl start postgresql@15-main")
            let refused = try await cluster.kumki("apply", "--plan", saved, expecting: 1)
            #expect(refused.errorText.contains("db2/postgresql.conf"), "\(refused.errorText)")
            #expect(refused.errorText.contains("plan.stale"), "\(refused.errorText)")
            #expect(try await cluster.shell("db2", "cat \(conf)").contains("work_mem = 2GB"))

            try await cluster.kumki("plan", "--out", saved, expecting: 2)
            try await cluster.kumki("apply", "--plan", saved, expecting: 0)
            try await cluster.expectConverged()

            try await cluster.kumki("plan", "--out", saved, expecting: 0)
            try cluster.edit { $0.replacing("version: 15\n", with: "version: 15\n  initdb: {locale: C.UTF-8}\n") }
            let edited = try await cluster.kumki("apply", "--plan", saved, expecting: 1)
            #expect(edited.errorText.contains("inventory"), "\(edited.errorText)")
        }
    }
}
