import Inventory
import PostgreSQL
import Testing

@Suite("Random topologies")
struct RandomTopologyTests {
    /// Small and repeatable; the seed is in the test's arguments.
    struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    /// Any upstreams at all, rings and absent hosts included.
    static func inventory(_ dice: inout Dice) -> Inventory {
        let count = Int.random(in: 1...8, using: &dice)
        let hosts = (0..<count).map { index in
            TopologyTests.host(
                "h\(index)", primary: index == 0,
                upstream: Bool.random(using: &dice) ? "h\(Int.random(in: 0...count, using: &dice))" : nil,
                mode: [nil, .sync, .async].randomElement(using: &dice) ?? nil,
                priority: Bool.random(using: &dice) ? Int.random(in: 1...3, using: &dice) : nil,
                state: index > 0 && Int.random(in: 0..<6, using: &dice) == 0 ? .absent : .present)
        }
        return TopologyTests.inventory(hosts)
    }

    @Test("only the primary has no upstream, and every host reaches the primary", arguments: 0..<16)
    func reachable(seed: UInt64) {
        var dice = Dice(state: seed)
        for _ in 0..<25 {
            let inventory = Self.inventory(&dice)
            for primary in inventory.databaseHosts.map(\.name) {
                let topology = Topology(inventory, primary: primary)
                let lost = topology.hosts.filter { host in
                    var path: Set<String> = []
                    var current = host
                    while let next = topology.upstream(of: current), path.insert(current).inserted { current = next }
                    return current != primary || topology.depth(of: host) != path.count
                        || (topology.upstream(of: host) == nil) != (host == primary)
                }
                #expect(lost == [])
                let children = topology.hosts.flatMap(topology.children)
                #expect(Set(children) == Set(topology.hosts).subtracting([primary]))
                #expect(children.count == topology.hosts.count - 1)
            }
        }
    }

    @Test("the names are the same under every primary", arguments: 0..<8)
    func names(seed: UInt64) {
        var dice = Dice(state: seed)
        for _ in 0..<25 {
            let inventory = Self.inventory(&dice)
            let names = inventory.databaseHosts.map { Topology(inventory, primary: $0.name).synchronousStandbyNames }
            #expect(Set(names).count <= 1)
        }
    }

    @Test(
        "what the validator lets through can confirm commits under every host that may become primary",
        arguments: 0..<16)
    func confirm(seed: UInt64) {
        var dice = Dice(state: seed)
        var accepted = 0
        for _ in 0..<25 {
            let count = Int.random(in: 2...6, using: &dice)
            let confirm = Int.random(in: 1...2, using: &dice)
            var text =
                "cluster: t\npostgresql: {version: 15}\nreplication: {password: {env: R}, synchronous: {confirm: \(confirm)}}\nhosts:\n"
            for index in 0..<count {
                text += "  h\(index): {address: 198.18.0.\(index + 1), roles: [\(index == 0 ? "primary" : "standby")]"
                if Int.random(in: 0..<4, using: &dice) == 0 {
                    text += ", upstream: h\(Int.random(in: 0..<count, using: &dice))"
                }
                let mode = ["sync", "sync", "async"].randomElement(using: &dice) ?? "sync"
                let failover = Int.random(in: 0..<4, using: &dice) > 0
                text += ", replication: {mode: \(mode), failover: \(failover)}}\n"
            }
            guard let inventory = InventoryReader.read(bytes: Array(text.utf8), file: "t.yaml").inventory else {
                continue
            }
            accepted += 1
            for primary in inventory.primaryCandidates + [inventory.bornPrimary].compactMap({ $0 }) {
                let topology = Topology(inventory, primary: primary.name)
                #expect(topology.synchronousStandbys.count >= confirm, "\(text)")
                #expect(topology.synchronousStandbys == topology.synchronousHosts.filter { $0 != primary.name })
            }
        }
        #expect(accepted > 0)
    }
}
