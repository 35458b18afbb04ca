import Diagnostics
import Inventory
import Lab
import Testing

@Suite("What a lab consists of")
struct LabTopologyTests {
    @Test("every host becomes a container at its declared address, on the /24 that all share")
    func containers() throws {
        let topology = try Samples.topology()
        #expect(topology.subnet == "198.18.7.0/24")
        #expect(topology.gateway == "198.18.7.1")
        #expect(topology.containers.map(\.name) == ["kumki.shop.db1", "kumki.shop.db2"])
        #expect(topology.containers.map(\.address) == ["198.18.7.11", "198.18.7.12"])
        #expect(topology.containers[0].shape == "kumki-lab/bookworm 198.18.7.11 systemd")
    }

    @Test(
        "an address that no container may take is refused, whoever has it",
        arguments: [
            "192.168.7.11", "198.17.7.11", "198.20.7.11", "198.18.7.1", "198.18.7.0", "198.18.7.255", "198.18.7",
            "198.18.7.300", "db1.example", "fd00::1",
        ])
    func refusedAddresses(address: String) {
        let problems = #expect(throws: Problems.self) { try Samples.topology(Samples.inventory([address])) }
        #expect(problems?.all.map(\.code) == ["lab.address"])
        #expect(problems?.all.first?.message.contains("db1") == true)
    }

    @Test("both halves of the reserved range are accepted", arguments: ["198.18.0.2", "198.19.255.254"])
    func acceptedAddresses(address: String) throws {
        #expect(try Samples.topology(Samples.inventory([address])).containers.map(\.address) == [address])
    }

    @Test("hosts on several networks are refused with all of them named")
    func severalNetworks() {
        let problems = #expect(throws: Problems.self) {
            try Samples.topology(Samples.inventory(["198.18.7.11", "198.19.8.12"]))
        }
        #expect(problems?.all.first?.message.contains("198.18.7.0/24 and 198.19.8.0/24") == true)
    }
}
