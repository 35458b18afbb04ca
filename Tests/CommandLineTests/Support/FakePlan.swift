import Diagnostics
import Hosts
import Inventory
@testable import Planning
import PostgreSQL
import Resources

/// Plans made by hand, for the views.
enum FakePlan {
    static let inventory = Inventory(
        file: "shop.yaml", cluster: "shop",
        hosts: [
            InventoryHost(name: "db1", address: "198.18.0.11", roles: [.primary]),
            InventoryHost(name: "db2", address: "198.18.0.12", roles: [.standby]),
        ], postgresql: PostgreSQLOptions(version: .v15))

    static func change(
        _ id: String, _ action: Change.Action, _ reason: String, effect: Change.Effect = .none,
        destroysData: Bool = false, after: [String] = [], diff: String? = nil
    ) -> PlannedChange {
        let parts = id.split(separator: "/", maxSplits: 1).map(String.init)
        return PlannedChange(
            id: id, host: parts[0], step: parts[1],
            change: Change(
                action, reason, effect: effect, destroysData: destroysData, diff: diff, script: Script("exit 1")),
            after: after, resource: ManagedFile(name: parts[1], path: "/etc/x", content: ""))
    }

    static func plan(
        _ changes: [PlannedChange], pending: [Plan.Pending] = [], refusals: [Diagnostic] = [],
        memory: [String: Int] = [:],
        basis: PlanBasis = PlanBasis(inventory: "a", hosts: [:], changes: [:])
    ) -> Plan {
        Plan(
            cluster: "shop", primary: "db1", changes: changes, pending: pending, refusals: refusals, notes: [],
            unreachable: [], memory: memory, basis: basis)
    }

    /// A restart of both hosts for one setting.
    static var restart: Plan {
        plan([
            change(
                "db2/postgresql.conf", .update, "max_connections 100 -> 200", effect: .restart,
                diff:
                    "--- /etc/postgresql/15/main/postgresql.conf (there)\n+++ /etc/postgresql/15/main/postgresql.conf "
                    + "(declared)\n@@ -1,2 +1,2 @@\n port = 5432\n-max_connections = 100\n+max_connections = 200"),
            change("db2/restart", .run, "max_connections", effect: .restart, after: ["db2/postgresql.conf"]),
            change("db1/slot db3", .create, "the slot is missing"),
            change("db1/leftovers", .delete, "no standby of this host uses it"),
            change("db1/reload", .run, "work_mem", effect: .reload),
        ])
    }
}
