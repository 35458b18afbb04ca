import Diagnostics
import Operations
import PostgreSQL
import Resources
import Testing

/// Hosts that are no one cluster, or none that an inventory can describe.
@Suite("What can't be imported") struct ImportRefusalTests {
    private func codes(_ hosts: [SeenHost], _ options: ImportedInventory.Options = .init()) -> [String] {
        do {
            _ = try ImportedInventory(SeenHost.cluster(hosts), options: options)
            return []
        } catch {
            return error.all.map(\.code)
        }
    }

    @Test("without a primary, or with two, there is nothing to go by")
    func primaries() {
        #expect(codes([SeenHost(number: 1, upstream: 2)]) == ["import.primary"])
        #expect(codes([SeenHost(number: 1), SeenHost(number: 2)]) == ["import.primary"])
    }

    @Test("one port, one data directory, one version and one place of the programs for all")
    func differences() {
        let odd = SeenHost(number: 2, version: .v16, upstream: 1) { host in
            host.server.port = 5433
            host.server.dataDirectory = "/elsewhere"
        }
        #expect(codes([SeenHost(number: 1), odd]) == Array(repeating: "import.differs", count: 4))
    }

    @Test("another cluster, another account and the same host twice are refused")
    func strangers() {
        let other = SeenHost(number: 2, upstream: 1) { $0.live.systemIdentifier = "7" }
        #expect(codes([SeenHost(number: 1), other]) == ["import.another-cluster"])
        let account = SeenHost(number: 2, upstream: 1) { $0.server.account = "pgsql" }
        #expect(codes([SeenHost(number: 1), account]) == ["import.account"])
        let twice = SeenHost(number: 2, upstream: 1) { $0.search.addresses = [SeenHost.address(1)] }
        #expect(codes([SeenHost(number: 1), twice]) == ["import.duplicate-host"])
    }

    @Test("a name that is none of a cluster's is refused")
    func name() {
        #expect(codes([SeenHost(number: 1)], .init(cluster: "Shop")) == ["inventory.name"])
    }
}
