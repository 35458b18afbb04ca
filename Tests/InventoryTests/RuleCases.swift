import Diagnostics
import Inventory
import Testing

/// A small inventory with something wrong in it, and what must be said of it.
struct RuleCase: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    /// `LINE:COLUMN severity code`, in the order of the file.
    var expected: [String]

    /// Line 1 is the cluster, 2 `postgresql`, 3 `replication`, 4 `hosts:`; the hosts begin at line 5.
    init(
        _ name: String, postgresql: String = "{version: 15}", replication: String = "{password: {env: R}}",
        hosts: String = "a: {address: 198.18.0.1, roles: [primary]}\nb: {address: 198.18.0.2, roles: [standby]}",
        more: String = "", expect expected: String...
    ) {
        self.name = name
        let indented = hosts.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
        text = "cluster: t\npostgresql: \(postgresql)\nreplication: \(replication)\nhosts:\n\(indented)\n\(more)\n"
        self.expected = expected
    }

    var testDescription: String { name }

    var found: [String] {
        InventoryReader.read(bytes: Array(text.utf8), file: "t.yaml").problems.all.map { problem in
            let place = problem.place.map { "\($0.line):\($0.column)" } ?? "-"
            return "\(place) \(problem.severity.rawValue) \(problem.code)"
        }
    }
}
