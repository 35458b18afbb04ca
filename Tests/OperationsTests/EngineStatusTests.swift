import Inventory
@testable import Operations
import PostgreSQL
import Resources
import Testing

/// What `status` says of three hosts with pgpool-II, of which db1 is primary and leads.
@Suite("The engine's state")
struct EngineStatusTests {
    private static let inventory = Inventory(
        file: "shop.yaml", cluster: "shop",
        hosts: (1...3).map { number in
            InventoryHost(
                name: "db\(number)", address: "198.18.0.1\(number)",
                roles: [number == 1 ? .primary : .standby, .pgpool])
        }, postgresql: PostgreSQLOptions(version: .v15), ha: EngineOptions(engine: .pgpool))

    private static func answer(handsOff: Bool = false) -> String {
        """
        Quorum state : QUORUM EXIST
        Leader Host Name : 198.18.0.11
        handsoff: \(handsOff ? 3 : 0)
        backend 198.18.0.11 5432 2 0.5 up up primary primary
        backend 198.18.0.12 5432 2 0.5 up up standby standby
        backend 198.18.0.13 5432 2 0.5 up up standby standby
        """
    }

    /// - Parameters:
    ///   - answers: by host; nil where its pgpool-II does not answer.
    ///   - marks: hosts by the mark that they have.
    private static func status(
        _ answers: [String?], marks: [HostMark.Kind: [String]] = [:], in inventory: Inventory = inventory,
        without: Set<String> = []
    ) -> EngineStatus {
        var facts = ClusterFacts()
        for (host, answer) in zip(inventory.hosts, answers) where !without.contains(host.name) {
            var seen = HostFacts(host: host.name)
            for kind in [HostMark.Kind.drained, .paused] {
                let isMarked = marks[kind]?.contains(host.name) == true
                seen.contents[HostMark.path(kind, cluster: "shop")] =
                    isMarked ? .present("2026-11-21T22:29:09Z\n") : .absent
            }
            seen.commands[PgpoolView.reading] = answer.map { .present($0) } ?? .absent
            facts.hosts[host.name] = .present(seen)
        }
        return EngineStatus(inventory, facts, primary: "db1", attached: ["db1", "db2"], without: without)
    }

    @Test("a pause that was killed half way names the hosts where pgpool-II still acts")
    func halfPaused() {
        let (on, off) = (Self.answer(), Self.answer(handsOff: true))
        let all = ["db1", "db2", "db3"]
        let paused = Self.status([off, off, off], marks: [.paused: all])
        #expect(paused.state == "paused" && paused.problems == [])
        let half = Self.status([on, off, on], marks: [.paused: ["db1"]])
        #expect(half.state == "paused")
        #expect(
            half.problems == [
                "the cluster is paused, but pgpool-II's hands are on at db1, db3: `kumki pause` takes them off, `kumki resume` ends it"
            ])
        #expect(Self.status([off, on, on]).problems.first?.contains("hands are off on db1") == true)
    }

    @Test("a drained host's pgpool-II is not missed; one that still runs there is told of")
    func drained() {
        let all = Self.answer()
        #expect(Self.status([all, all, nil]).problems == ["pgpool-II does not answer on db3"])
        let drained = Self.status([all, all, nil], marks: [.drained: ["db3"]])
        #expect(drained.problems == [] && drained.state == "quorum" && drained.leader == "db1")
        #expect(
            Self.status([all, all, all], marks: [.drained: ["db3"]]).problems == [
                "db3 is drained, but its pgpool-II runs: `kumki drain shop.yaml db3` stops it"
            ])
    }

    @Test("a pgpool-II whose watchdog has died, or that the others left behind, has no vote", arguments: [true, false])
    func voteless(hasWatchdog: Bool) {
        let all = Self.answer()
        let alone = all.replacing(
            "Quorum state : QUORUM EXIST\n", with: hasWatchdog ? "Quorum state : QUORUM ABSENT\n" : "")
        let status = Self.status([all, alone, all])
        #expect(status.state == "quorum" && status.leader == "db1")
        #expect(
            status.problems == [
                hasWatchdog
                    ? "pgpool-II on db2 sees no quorum, though others do: it has no vote"
                    : "pgpool-II on db2 has lost its watchdog and has no vote: `kumki apply` restarts it"
            ])
    }

    @Test("nobody seems to have the address of a leader that is left out: it was not asked")
    func leaderLeftOut() {
        var inventory = Self.inventory
        inventory.vips = [VirtualAddress(kind: "writer", address: "198.18.0.100", prefixLength: 24)]
        let answers = Array(repeating: Optional(Self.answer()), count: 3)
        let missing = "nobody has the writer's address 198.18.0.100"
        #expect(Self.status(answers, in: inventory).problems == [missing])
        #expect(Self.status(answers, in: inventory, without: ["db3"]).problems == [missing])
        #expect(Self.status(answers, in: inventory, without: ["db1"]).problems == [])
    }
}
