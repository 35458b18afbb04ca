import Diagnostics
import Lab
import Testing

@Suite("What up does with what is there")
struct LabDecisionTests {
    @Test("nothing there: everything is made")
    func empty() throws {
        let topology = try Samples.topology()
        #expect(try LabDecision.decide(topology, existing: []) == topology.containers.map(LabDecision.create))
    }

    @Test("what is as it should be is kept, started or woken")
    func conditions() throws {
        let topology = try Samples.topology(Samples.inventory(["198.18.7.2", "198.18.7.3", "198.18.7.4"]))
        let containers = topology.containers
        let existing = [
            Samples.state(containers[0]), Samples.state(containers[1], .stopped), Samples.state(containers[2], .paused),
        ]
        #expect(
            try LabDecision.decide(topology, existing: existing) == [
                .keep(containers[0]), .start(containers[1], paused: false), .start(containers[2], paused: true),
            ])
    }

    @Test("another address or image is made anew, and what the inventory no longer has goes first")
    func replaced() throws {
        let topology = try Samples.topology()
        let old = LabContainerState(
            name: "kumki.shop.db9", condition: .running, cluster: "shop", host: "db9",
            shape: "kumki-lab/bookworm 198.18.7.12 systemd", inventory: "/srv/shop.yaml")
        let existing = [
            Samples.state(topology.containers[0], shape: "kumki-lab/trixie 198.18.7.11 systemd"), old,
        ]
        #expect(
            try LabDecision.decide(topology, existing: existing) == [
                .remove(name: "kumki.shop.db9"),
                .replace(topology.containers[0], reason: "it was kumki-lab/trixie 198.18.7.11 systemd"),
                .create(topology.containers[1]),
            ])
    }

    @Test("a lab of the same name that belongs to another inventory is refused")
    func taken() throws {
        let topology = try Samples.topology()
        let existing = [Samples.state(topology.containers[0], inventory: "/home/ann/shop.yaml")]
        let error = #expect(throws: Diagnostic.self) { try LabDecision.decide(topology, existing: existing) }
        #expect(error?.code == "lab.taken")
        #expect(error?.hint?.contains("kumki lab down /home/ann/shop.yaml") == true)
    }
}
