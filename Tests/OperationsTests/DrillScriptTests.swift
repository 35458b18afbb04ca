import Diagnostics
import Hosts
import Inventory
@testable import Operations
import PostgreSQL
import TestSupport
import Testing

/// What a drill sends to hosts.
@Suite struct DrillScriptTests {
    private func inventory(_ version: PostgresVersion) -> Inventory {
        Inventory(
            file: "shop.yaml", cluster: "shop",
            hosts: [
                InventoryHost(name: "db1", address: "198.18.0.11", roles: [.primary]),
                InventoryHost(name: "db2", address: "fd00::12", roles: [.standby]),
                InventoryHost(name: "db3", address: "db3.example", roles: [.standby]),
            ], postgresql: PostgreSQLOptions(version: version))
    }

    private func cast(_ fault: DrillFault) -> DrillCast {
        DrillCast(
            fault: fault, primary: "db1", hit: fault.target == .primary ? "db1" : "db2", successor: "db2",
            client: "db3",
            order: ["db3", "db2", "db1"])
    }

    private func check(_ text: String, shell: String, _ what: String) async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("script", text)
        // Scripts stand quoted within scripts, a loop ends when either of two things is so, a coprocess names itself.
        let outcome = try await LocalProgram.run(
            "shellcheck", ["-s", shell, "-f", "gcc", "-e", "SC2015,SC2016,SC2034,SC2046,SC2154", file])
        let words = outcome.outputText
        #expect(words == "", "\(what)")
    }

    @Test("the loops of client and probe are sound bash, and hold no password", arguments: [PostgresVersion.v96, .v15])
    func loops(version: PostgresVersion) async throws {
        for kind in [DrillLoop.Kind.client(order: ["db3", "db2", "db1"]), .probe] {
            let loop = DrillLoop(kind, inventory(version))
            try await check(loop.loop, shell: "bash", "\(kind)")
            try await check(loop.hold().text.revealed, shell: "sh", "\(kind)")
            try await check(loop.stop.text.revealed, shell: "sh", "\(kind)")
            #expect(!loop.loop.contains("PGPASSWORD"))
        }
        let client = DrillLoop(.client(order: ["db3", "db1"]), inventory(version)).loop
        #expect(client.contains("db3.example,198.18.0.11") == (version >= .v10))
        #expect(client.contains("pg_is_in_recovery") == (version < .v10))
    }

    @Test("the scripts that break and mend a host are sound", arguments: DrillFault.allCases)
    func faults(fault: DrillFault) async throws {
        let scripts = DrillFaultScripts(cast(fault), inventory(.v15))
        try await check(scripts.check.text.revealed, shell: "sh", "check")
        try await check(scripts.inject.text.revealed, shell: "sh", "inject")
        try await check(scripts.heal(isReplaced: true).text.revealed, shell: "sh", "heal")
        try await check(scripts.heal(isReplaced: false).text.revealed, shell: "sh", "heal")
        try await check(scripts.fence.text.revealed, shell: "sh", "fence")
    }

    @Test("what mends a host is set before it is broken", arguments: DrillFault.allCases.filter { $0 != .powerOff })
    func timer(fault: DrillFault) throws {
        let text = DrillFaultScripts(cast(fault), inventory(.v15)).inject.text.revealed
        let timer = try #require(text.firstRange(of: "--on-active=300")).lowerBound
        let words = ["kill -STOP", "-m fast stop", "chain inet kumki_drill", "systemctl kill"]
        let broken = words.compactMap { (word: String) -> String.Index? in text.firstRange(of: word)?.lowerBound }
        #expect(broken.allSatisfy { timer < $0 } && !broken.isEmpty)
    }
}
